import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** HAProxy set up like an Application Load Balancer, and its places for targets. */
export interface Balancer {
  /** Puts a target into a place and waits until it gets requests. */
  register(place: string, port: number): Promise<void>
  /** New requests go elsewhere; those that run go on. */
  deregister(place: string): Promise<void>
  /** Requests that run at a place now. */
  running(place: string): Promise<number>
  /** Of the certificate that it shows, for `localhost`. */
  readonly ca: string
  close(): void
}

export const PLACES = ['a', 'b', 'c', 'd'] as const

/**
 * No retries, since an ALB makes none; `no-delay`, since HAProxy holds the first bytes of a stream back for 200 ms without it;
 * connections to targets are kept and shared; a target that is taken out keeps its running requests.
 */
function config(port: number, socket: string, certificate: string): string {
  return `
global
  stats socket "${socket}" mode 600 level admin
  nbthread 1
defaults
  mode http
  option http-keep-alive
  option http-no-delay
  http-reuse safe
  retries 0
  timeout connect 10s
  timeout client 60s
  timeout server 60s
  timeout http-keep-alive 60s
frontend alb
  bind "127.0.0.1:${port}" ssl crt "${certificate}"
  default_backend targets
backend targets
  balance leastconn
  option httpchk
  http-check send meth GET uri /ready ver HTTP/1.1 hdr Host alb
  http-check expect status 200
  default-server check inter 1s fastinter 500ms fall 2 rise 2 disabled
${PLACES.map((place) => `  server ${place} 127.0.0.1:1`).join('\n')}
`
}

/** Starts HAProxy on a port of this machine; undefined when it is not installed. */
export async function startBalancer(port: number): Promise<Balancer | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'adit-rolling-'))
  const socket = join(folder, 'admin.sock')
  const certificate = makeCertificate(folder)
  writeFileSync(join(folder, 'haproxy.cfg'), config(port, socket, certificate))
  const child = spawn('haproxy', ['-db', '-f', join(folder, 'haproxy.cfg')], { stdio: ['ignore', 'ignore', 'ignore'] })
  const close = () => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', close)
  if (!(await started(child, socket))) return undefined
  const stats = async (place: string) => {
    const rows = (await tell(socket, 'show stat -1 4 -1')).split('\n').map((line) => line.split(','))
    return rows.find(([backend, name]) => backend === 'targets' && name === place) ?? []
  }
  return {
    ca: readFileSync(certificate, 'utf8'),
    async register(place, target) {
      await tell(socket, `set server targets/${place} addr 127.0.0.1 port ${target}`)
      // a place set ready counts as up before its first check
      await tell(socket, `enable health targets/${place}`)
      await tell(socket, `set server targets/${place} health down`)
      await tell(socket, `set server targets/${place} state ready`)
      for (let tries = 0; tries < 200; tries++) {
        if ((await stats(place))[17]?.startsWith('UP')) return
        await sleep(100)
      }
      throw new Error(`${place} never came up`)
    },
    async deregister(place) {
      await tell(socket, `set server targets/${place} state drain`)
    },
    running: async (place) => Number((await stats(place))[4] ?? 0),
    close
  }
}

async function started(child: ChildProcess, socket: string): Promise<boolean> {
  let failed = false
  child.once('error', () => {
    failed = true
  })
  for (let tries = 0; tries < 100 && !failed; tries++) {
    try {
      await tell(socket, 'show info')
      return true
    } catch {
      await sleep(50) // it does not listen yet
    }
  }
  return false
}

/** One line to the admin socket, and what it answers. */
function tell(path: string, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    let text = ''
    socket.on('data', (bytes) => {
      text += bytes
    })
    socket.once('end', () => resolve(text))
    socket.once('error', reject)
    socket.end(`${line}\n`)
  })
}

/** A key and a certificate for `localhost` in one file, as HAProxy wants them. */
function makeCertificate(folder: string): string {
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const { status, stderr } = spawnSync('openssl', ['req', ...kind, '-keyout', key, '-out', certificate, ...subject])
  if (status !== 0) throw new Error(`openssl makes no certificate: ${stderr}`)
  writeFileSync(certificate, `${readFileSync(certificate, 'utf8')}${readFileSync(key, 'utf8')}`)
  return certificate
}
