// Copies from a Debian image with Node what Node needs to run, and nothing else, into an empty root.
// It only reads and writes files, so the image may be one for another processor. Usage: node copy-root.mjs SOURCE TARGET
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { dirname, join } from 'node:path'

const [source, target] = process.argv.slice(2)
const UID = 1000
const LIBRARIES = ['libc.so.6', 'libdl.so.2', 'libgcc_s.so.1', 'libm.so.6', 'libpthread.so.0', 'libstdc++.so.6']
const PACKAGES = ['base-files', 'libc6', 'libgcc-s1', 'libstdc++6']
// the loader's name is written into the binary, one for each processor
const LOADERS = { 'x86_64-linux-gnu': ['lib64', 'ld-linux-x86-64.so.2'], 'aarch64-linux-gnu': ['lib', 'ld-linux-aarch64.so.1'] }

const triplet = Object.keys(LOADERS).find((name) => existsSync(join(source, 'usr/lib', name)))
if (triplet === undefined) throw new Error(`${source} is neither amd64 nor arm64`)

copy('usr/local/bin/node', 0o755)
for (const library of LIBRARIES) copy(`usr/lib/${triplet}/${library}`, 0o755)
copyLoader()
copyPackageRecords()
copy('usr/lib/os-release', 0o644)
symlinkSync('../usr/lib/os-release', made('etc/os-release'))
write('etc/passwd', `root:x:0:0:root:/:/none\nadit:x:${UID}:${UID}:Adit:/app:/none\n`)
write('etc/group', `root:x:0:\nadit:x:${UID}:\n`)
write('etc/nsswitch.conf', 'hosts: files dns\n')
writable('tmp', 0, 0o1777)
writable('var/cache/node', UID, 0o755)

function copy(path, mode) {
  copyFileSync(realpathSync(join(source, path)), made(path))
  chmodSync(join(target, path), mode)
}

function copyLoader() {
  const [folder, name] = LOADERS[triplet]
  copy(`usr/lib/${triplet}/${name}`, 0o755)
  symlinkSync('usr/lib', made('lib'))
  if (folder === 'lib64') symlinkSync('usr/lib64', made('lib64'))
  symlinkSync(folder === 'lib64' ? `../lib/${triplet}/${name}` : `${triplet}/${name}`, made(`usr/${folder}/${name}`))
}

// One file a package, as Google's distroless images have it; Trivy, Grype and Amazon Inspector read that.
function copyPackageRecords() {
  const records = readFileSync(join(source, 'var/lib/dpkg/status'), 'utf8').split(/\n\n+/)
  for (const name of PACKAGES) {
    const record = records.find((text) => text.startsWith(`Package: ${name}\n`))
    if (record === undefined) throw new Error(`${source} has no package ${name}`)
    write(`var/lib/dpkg/status.d/${name}`, `${record}\n`)
    const copyright = `usr/share/doc/${name}/copyright`
    if (existsSync(join(source, copyright))) copy(copyright, 0o644)
  }
  if (readdirSync(join(target, 'var/lib/dpkg/status.d')).length !== PACKAGES.length)
    throw new Error('package records are missing')
}

function write(path, text) {
  writeFileSync(made(path), text, { mode: 0o644 })
}

function writable(path, owner, mode) {
  mkdirSync(join(target, path), { recursive: true })
  chownSync(join(target, path), owner, owner)
  chmodSync(join(target, path), mode)
}

function made(path) {
  const full = join(target, path)
  mkdirSync(dirname(full), { recursive: true })
  return full
}
