import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { makeRandom } from '../src/standin/random.ts'
import { stopChild } from './measure/child.ts'
import { freePort, startGatewayPart, startStandinPart } from './measure/parts.ts'
import { createAsker } from './soak/ask.ts'
import { readLog } from './soak/log.ts'
import type { Held } from './soak/probe.ts'
import { lookWhileSilent } from './soak/silent.ts'
import { drawTask, TASKS } from './soak/work.ts'

/**
 * `npm run soak`: the gateway before the stand-in under a mixed load with faults at random, leaving clients and slow readers.
 * Every answer's truth is checked. At the end memory must be flat, every socket and timer gone, and the log must hold one line
 * for each request and no error. Exits 1 otherwise.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    clients: { type: 'string', default: '40' }
  }
})
const seed = Number(values.seed)
const runMs = Number(values.minutes) * 60_000
const SAMPLES = 20
const MB = 1024 * 1024
const SHOWN_AT_ONCE = 5
/** What may be left of timers beside those of an idle process. */
const IDLE_TIMERS = 20

const say = (text: string) => console.log(text)
const wrong: string[] = []
const folder = mkdtempSync(join(tmpdir(), 'adit-soak-'))
const log = join(folder, 'gateway.log')
const standinLog = join(folder, 'standin.log')
const [standin, probePort, metricsPort] = [await startStandinPart(standinLog), await freePort(), await freePort()]
const gateway = await startGatewayPart(standin.port, {
  log,
  nodeArgs: ['--expose-gc', '--import', new URL('soak/probe.ts', import.meta.url).href],
  env: {
    PROBE_PORT: String(probePort),
    METRICS_PORT: String(metricsPort),
    UPSTREAM_FIRST_EVENT_TIMEOUT_MS: '10000',
    UPSTREAM_IDLE_TIMEOUT_MS: '10000',
    STREAM_COMMIT_MS: '1000',
    HEARTBEAT_MS: '300',
    SHUTDOWN_GRACE_MS: '5000',
    // a busy machine stops the process for a second now and then, and refusals for it would only hide what is looked for here
    MAX_EVENT_LOOP_DELAY_MS: '0'
  }
})
const probe = async () => (await (await fetch(`http://127.0.0.1:${probePort}`)).json()) as Held
const idle = await probe()
say(`seed ${seed}, ${values.minutes} minutes, ${values.clients} clients`)

const counts = new Map<string, number>()
const answered: string[] = []
const began = new Set<string>()
const samples: Held[] = []
const asker = createAsker(gateway.port)
const until = performance.now() + runMs
await Promise.all([...Array.from({ length: Number(values.clients) }, (_, index) => client(index)), watch()])
asker.close()
await settle()
await judge()

wrong.push(...(await silence()))
await stopChild(gateway.child)
if (gateway.child.exitCode !== 0) wrong.push(`the gateway ended with ${gateway.child.exitCode ?? gateway.child.signalCode}`)
await stopChild(standin.child)
judgeLog()
if (wrong.length === 0) rmSync(folder, { recursive: true, force: true })
else say(`the logs stay in ${folder}`)
for (const fault of wrong.slice(0, 20)) console.error(`WRONG: ${fault}`)
if (wrong.length > 20) console.error(`and ${wrong.length - 20} more`)
process.exit(wrong.length === 0 ? 0 : 1)

async function client(index: number): Promise<void> {
  for (let number = 0; performance.now() < until && gateway.child.exitCode === null; number++) {
    const id = `soak-${index}-${number}`
    const random = makeRandom(seed, id)
    const name = drawTask(random)
    const task = TASKS[name]!
    began.add(id)
    try {
      await task.run(asker, id, random)
      counts.set(name, (counts.get(name) ?? 0) + 1)
    } catch (error) {
      wrong.push(`${name} ${id}: ${(error as Error).message}`)
      if (wrong.length <= SHOWN_AT_ONCE) say(`WRONG: ${wrong.at(-1)}`)
    }
    if (task.leaves === undefined) answered.push(id)
  }
}

/** Looks at the process from time to time, with a line for whoever waits. */
async function watch(): Promise<void> {
  for (let sample = 1; sample <= SAMPLES; sample++) {
    await sleep(runMs / SAMPLES)
    const held = await probe()
    samples.push(held)
    const done = [...counts.values()].reduce((sum, count) => sum + count, 0)
    say(`${sample}/${SAMPLES}: ${done} done, ${wrong.length} wrong, heap ${mb(held.heap)} MB, resident ${mb(held.rss)} MB`)
  }
}

/** Waits until the gateway has nothing in flight; half a minute at most. */
async function settle(): Promise<void> {
  for (let tries = 0; tries < 60; tries++) {
    const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
    if (/^adit_in_flight(?:\{[^}]*\})? 0$/m.test(metrics)) return
    await sleep(500)
  }
  wrong.push('requests are still in flight half a minute after the last client has left')
}

async function judge(): Promise<void> {
  await sleep(2000)
  const end = await probe()
  for (const [name, count] of counts) say(`  ${name}: ${count}`)
  const early = mean(samples.slice(SAMPLES / 4, SAMPLES / 2).map(({ heap }) => heap))
  const late = mean(samples.slice(-SAMPLES / 4).map(({ heap }) => heap))
  say(`heap under load: ${mb(early)} MB in the second quarter, ${mb(late)} MB in the last; at the end ${mb(end.heap)} MB`)
  say(
    `resident: at most ${mb(Math.max(...samples.map(({ rss }) => rss)))} MB, at the end ${mb(end.rss)} MB, idle before ${mb(idle.rss)} MB`
  )
  say(`held when idle before: ${JSON.stringify(idle.resources)}\nheld when idle after: ${JSON.stringify(end.resources)}`)
  if (late > early * 1.2 + 10 * MB) wrong.push('the heap grew while the load stayed the same')
  if (end.heap > idle.heap * 1.5 + 40 * MB) wrong.push('the heap is not given back')
  const timers = (end.resources.Timeout ?? 0) - (idle.resources.Timeout ?? 0)
  if (timers > IDLE_TIMERS) wrong.push(`${timers} timers are left`)
  const server = (end.resources.TCPServerWrap ?? 0) - (idle.resources.TCPServerWrap ?? 0)
  if (server !== 0) wrong.push(`${server} listeners are left`)
  const sockets = (end.resources.TCPSocketWrap ?? 0) - (idle.resources.TCPSocketWrap ?? 0)
  if (sockets > Number(values.clients)) wrong.push(`${sockets} sockets are left: more than connections to Bedrock can be`)
}

/** A fresh gateway with ordinary times, so that the silent streams stay. */
async function silence(): Promise<string[]> {
  const patient = await startGatewayPart(standin.port, { log, env: { SHUTDOWN_GRACE_MS: '1000' } })
  const found = await lookWhileSilent(patient.port, say)
  await stopChild(patient.child)
  return found
}

function judgeLog(): void {
  const { lines, bad } = readLog(log)
  for (const line of bad) wrong.push(`in the log: ${line.slice(0, 1000)}`)
  const unseen = began.size - [...began].filter((id) => lines.has(id)).length
  const leaving = began.size - answered.length
  const missing = answered.filter((id) => !lines.has(id))
  const doubled = [...lines].filter(([, count]) => count !== 1)
  const strange = [...lines.keys()].filter((id) => id.startsWith('soak-') && !began.has(id))
  say(`log: ${lines.size} request lines for ${began.size} requests; ${unseen} of ${leaving} leaving clients left unseen`)
  if (unseen > leaving / 20) wrong.push(`${unseen} requests of clients that left have no line in the log`)
  if (missing.length > 0) wrong.push(`${missing.length} answered requests have no line in the log, such as ${missing[0]}`)
  if (doubled.length + strange.length > 0)
    wrong.push(`${doubled.length} requests have two lines, ${strange.length} lines no request`)
  const said = readFileSync(standinLog, 'utf8').split('\n')
  const broke = said.filter((line) => /Error/.test(line))
  if (broke.length > 0) wrong.push(`the stand-in broke ${broke.length} times: ${broke[0]}`)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

function mb(bytes: number): string {
  return (bytes / MB).toFixed(1)
}
