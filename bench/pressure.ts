import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Health } from '../test/reliability/probe.ts'
import { firstWord, pinSelf, startChild, stopChild } from './measure/child.ts'
import { PROBE } from './measure/held.ts'
import { freePort, startGatewayPart } from './measure/parts.ts'
import { fileOf } from './measure/stage.ts'
import { makeControlGroup } from './pressure/control-group.ts'
import { API_KEY, HOSTILE_KEY } from './requests.ts'
import type { UpstreamWord } from './upstream.ts'

/**
 * `npm run pressure`: hostile and good traffic together, the gateway in a container's 512 MB and on one core, where the machine can make
 * such limits. All else has another core, and the upstream reads no body: what is measured is the gateway's. First the good alone, then
 * both. Exits 1 when the process ends, a good request fails, or is slower than the limit beside its calm figure.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    most: { type: 'string', default: '250' }
  }
})
const hostileMs = Number(values.minutes) * 60_000
const calmMs = Math.min(30_000, hostileMs)
const MEMORY = 512 * 1024 * 1024
/** As the image has it. */
const HEAP_FLAG = '--max-old-space-size=333'
const GOOD_CLIENTS = 4
const HOSTILE_CLIENTS = 16
const MB = 1024 * 1024
/** What every model says, in the words of the bench's upstream. */
const ANSWER = 'burst-20'

const say = (text: string) => console.log(text)
const group = makeControlGroup(MEMORY, 1)
say(group === undefined ? 'no control group can be made here: memory is watched, and not limited' : '512 MB, one core')
pinSelf('load')
const upstream = startChild({ core: 'load', args: [fileOf('upstream.ts'), ANSWER], ipc: true, output: 2 })
const listening = await firstWord<UpstreamWord>(upstream)
if (!('port' in listening)) throw new Error('the upstream said something else than its port')
const keys = { keys: [API_KEY, HOSTILE_KEY].map((key, index) => ({ name: `key-${index}`, key })) }
const probePort = await freePort()
const gateway = await startGatewayPart(listening.port, {
  core: 'subject',
  nodeArgs: [HEAP_FLAG, `--import=${PROBE}`],
  env: {
    PROBE_PORT: String(probePort),
    API_KEY: JSON.stringify(keys),
    MAX_EVENT_LOOP_DELAY_MS: '0',
    ...(group ? {} : { BODY_MEMORY_BYTES: String(333 * 0.75 * MB) })
  }
})
group?.add(gateway.child.pid!)

const url = `http://127.0.0.1:${gateway.port}/v1/chat/completions`
const upstreamUrl = `http://127.0.0.1:${listening.port}/model/bench.${ANSWER}/converse`
const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' }
const outcomes = new Map<string, number>()
let failed = 0
let own: number[] = []
/** The upstream asked without the gateway, at the same times: what is slow here too is the machine. */
let direct: number[] = []
/** Resident memory at its highest in each quarter of the hostile phase; the calm one is before them. Bytes. */
const highest = [0, 0, 0, 0, 0]
let longest = 0

await heldUpMs() // what the start took
const calm = await phase(calmMs, 0)
say(`good alone: ${calm.length} requests, p50 ${at(calm, 0.5)} ms, p99 ${at(calm, 0.99)} ms`)
tellApart()
const pressed = await phase(hostileMs, HOSTILE_CLIENTS)
say(`with hostile ones: ${pressed.length} requests, p50 ${at(pressed, 0.5)} ms, p99 ${at(pressed, 0.99)} ms, ${failed} failed`)
tellApart()
for (const [outcome, count] of [...outcomes].sort((a, b) => b[1] - a[1])) say(`  ${outcome}: ${count}`)
const ended = gateway.child.exitCode ?? gateway.child.signalCode
await sleep(2000)
say(
  `resident: at most ${highest.map((bytes) => (bytes / MB).toFixed(0)).join(', ')} MB, calm and by quarters; ${ended === null ? `at the end ${(resident() / MB).toFixed(0)} MB` : `the process has ended: ${ended}`}`
)
say(`longest turn of the event loop: ${longest.toFixed(0)} ms of processor time`)
await stopChild(gateway.child)
await stopChild(upstream)
group?.remove()
const slower = Number(at(pressed, 0.99)) - Number(at(calm, 0.99))
const isGood = ended === null && failed === 0 && slower <= Number(values.most)
say(isGood ? 'good' : `WRONG: ${failed} failed, p99 ${slower.toFixed(0)} ms slower, ended ${ended ?? 'no'}`)
process.exit(isGood ? 0 : 1)

/** Good clients for so long, beside hostile ones; how long each good request took, in milliseconds. */
async function phase(ms: number, hostileClients: number): Promise<number[]> {
  const until = performance.now() + ms
  const took: number[] = []
  await Promise.all([
    ...Array.from({ length: GOOD_CLIENTS }, (_, index) => good(until, took, index % 2 === 0)),
    hostile(ms, hostileClients),
    watch(until, hostileClients)
  ])
  return took.sort((a, b) => a - b)
}

async function good(until: number, took: number[], stream: boolean): Promise<void> {
  const body = JSON.stringify({ model: 'amazon.nova-lite-v1:0', stream, messages: [{ role: 'user', content: 'Say hello' }] })
  while (performance.now() < until && gateway.child.exitCode === null) {
    const began = performance.now()
    try {
      const response = await fetch(url, { method: 'POST', headers, body })
      const text = await response.text()
      const timing = /total;dur=([\d.]+), bedrock;dur=([\d.]+)/.exec(response.headers.get('server-timing') ?? '')
      if (timing !== null) own.push(Number(timing[1]) - Number(timing[2]))
      if (response.status !== 200 || (stream && !text.endsWith('data: [DONE]\n\n'))) fail(`good: ${response.status}`)
    } catch (error) {
      fail(`good: ${(error as Error).message}`)
    }
    took.push(performance.now() - began)
    await sleep(20)
    const asked = performance.now()
    await (await fetch(upstreamUrl, { method: 'POST', body: '{}' })).arrayBuffer()
    direct.push(performance.now() - asked)
  }
}

/** Tells of the phase that is over what of it was the gateway's handler, and what the machine. */
function tellApart(): void {
  own.sort((a, b) => a - b)
  direct.sort((a, b) => a - b)
  say(
    `  in the gateway beside the wait for Bedrock: p99 ${at(own, 0.99)} ms; the upstream without a gateway: p99 ${at(direct, 0.99)} ms`
  )
  own = []
  direct = []
}

function fail(what: string): void {
  failed++
  outcomes.set(what, (outcomes.get(what) ?? 0) + 1)
}

/** The hostile clients are a process of their own: what they make of thirty megabytes shall not hold up those who measure. */
async function hostile(ms: number, clients: number): Promise<void> {
  if (clients === 0) return
  const script = new URL('pressure/hostile-clients.ts', import.meta.url).pathname
  const args = [script, String(gateway.port), String(ms), String(clients), values.seed]
  const child = startChild({ core: 'load', args, ipc: true })
  child.on('message', (told) => {
    for (const [outcome, count] of told as [string, number][]) outcomes.set(outcome, count)
  })
  await new Promise((resolve) => child.once('exit', resolve))
}

async function watch(until: number, hostileClients: number): Promise<void> {
  while (performance.now() < until && gateway.child.exitCode === null) {
    const quarter = hostileClients === 0 ? 0 : 4 - Math.max(0, Math.floor(((until - performance.now()) / hostileMs) * 4))
    highest[quarter] = Math.max(highest[quarter] ?? 0, resident())
    longest = Math.max(longest, await heldUpMs())
    await sleep(100)
  }
}

/** Since the last question; 0 where the process has ended. */
async function heldUpMs(): Promise<number> {
  try {
    return ((await (await fetch(`http://127.0.0.1:${probePort}`)).json()) as Health).heldUpMs
  } catch {
    return 0
  }
}

/** Bytes. */
function resident(): number {
  const status = readFileSync(`/proc/${gateway.child.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024
}

function at(sorted: readonly number[], part: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN).toFixed(0)
}
