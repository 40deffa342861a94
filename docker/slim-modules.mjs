// Takes out of node_modules what Node never loads: types, source maps, documentation, the ES twins of CommonJS builds that the
// packages' own `exports` and `main` lead away from, and the vocabularies of tokenizers that the gateway does not use.
// Licences stay. Usage: node slim-modules.mjs node_modules
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

const USELESS_FILE =
  /\.(d\.[cm]?ts|[cm]?ts|map|flow|md|markdown|snap|tsbuildinfo)$|^(Makefile|\.npmignore|\.eslintrc.*|\.editorconfig|\.travis\.yml)$/i
const LICENCE = /^(licen[cs]e|notice|copying)/i
const USELESS_FOLDER = new Set([
  'test',
  'tests',
  'docs',
  'example',
  'examples',
  'benchmark',
  'benchmarks',
  '.github',
  'dist-types'
])

const root = process.argv[2]
const before = sizeOf(root)
for (const pkg of packagesIn(root)) slim(pkg, true)
slimTokenizer(join(root, 'gpt-tokenizer'))
process.stdout.write(`node_modules: ${megabytes(before)} before, ${megabytes(sizeOf(root))} after\n`)

function packagesIn(modules) {
  return readdirSync(modules, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== '.bin')
    .flatMap((entry) => (entry.name.startsWith('@') ? packagesIn(join(modules, entry.name)) : [join(modules, entry.name)]))
}

function slim(folder, isPackage) {
  // both builds are there and Node takes the CommonJS one
  if (isPackage && existsSync(join(folder, 'dist-cjs'))) remove(join(folder, 'dist-es'))
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (isPackage && USELESS_FOLDER.has(entry.name)) remove(path)
      else if (entry.name === 'node_modules') for (const pkg of packagesIn(path)) slim(pkg, true)
      else slim(path, false)
    } else if (USELESS_FILE.test(entry.name) && !LICENCE.test(entry.name)) remove(path)
  }
}

function slimTokenizer(folder) {
  if (!existsSync(folder)) return
  for (const part of ['cjs', 'data', 'src']) remove(join(folder, part))
  const ranks = join(folder, 'esm', 'bpeRanks')
  for (const file of readdirSync(ranks)) if (!file.startsWith('cl100k_base')) remove(join(ranks, file))
}

function remove(path) {
  rmSync(path, { recursive: true, force: true })
}

function sizeOf(path) {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.size
  return readdirSync(path).reduce((sum, name) => sum + (existsSync(join(path, name)) ? sizeOf(join(path, name)) : 0), 0)
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
