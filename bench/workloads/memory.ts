import { setTimeout as sleep } from 'node:timers/promises'
import { memoryBytes } from '../measure/cost.ts'
import { type Running, startSubject } from '../subjects.ts'
import { aimAt, type BenchRun } from './bench-run.ts'

const STALLED = 20
const IDLE = 1000
const MB = 1024 * 1024

/** Memory that a client costs who asks for 28 MB and then reads nothing. A fresh process each, warmed with one answer read to its end. */
export async function stalled(run: BenchRun): Promise<void> {
  await eachFresh(run, async (running, pid) => {
    const aim = aimAt(running, { model: 'bench.big-28', streaming: true }, run.stage.upstreamPort)
    await run.stage.load({ aim, connections: 2, ms: 0, rounds: 1 })
    const before = await settled(pid)
    const begun = await run.stage.hold({ aim, connections: STALLED, stall: true, waitMs: 10_000 })
    const each = ((await settled(pid)) - before) / STALLED / MB
    await run.stage.leave()
    run.figures.add(running.subject.name, 'stalled.memory', Math.max(0, each))
    return `${each.toFixed(2)} MB each (${begun} of ${STALLED} began)`
  })
}

/** Memory of the whole process while a thousand streams have begun and are silent. */
export async function idle(run: BenchRun): Promise<void> {
  await eachFresh(run, async (running, pid) => {
    const aim = aimAt(running, { model: 'bench.idle', streaming: true }, run.stage.upstreamPort)
    const begun = await run.stage.hold({ aim, connections: IDLE, stall: false, waitMs: 15_000 })
    const bytes = await settled(pid)
    await run.stage.leave()
    run.figures.add(running.subject.name, 'idle.memory', bytes / MB)
    return `${(bytes / MB).toFixed(0)} MB (${begun} of ${IDLE} began)`
  })
}

/** Calls still open at the upstream one second after their clients left: while they wait, and while they read. */
export async function leaving(run: BenchRun): Promise<void> {
  const cases = [
    { figure: 'leaving.unary', model: 'bench.hold', streaming: false },
    { figure: 'leaving.streaming', model: 'bench.hold', streaming: true },
    { figure: 'leaving.streaming', model: 'bench.paced-10000-20', streaming: true }
  ] as const
  await eachFresh(run, async (running) => {
    const left = { 'leaving.unary': 0, 'leaving.streaming': 0 }
    for (const { figure, ...question } of cases) {
      left[figure] += await callsLeft(run, running, question)
    }
    for (const figure of ['leaving.unary', 'leaving.streaming'] as const)
      run.figures.add(running.subject.name, figure, left[figure])
    return `${left['leaving.unary']} unary, ${left['leaving.streaming']} streaming`
  })
}

const LEAVING = 100

async function callsLeft(run: BenchRun, running: Running, question: { model: string; streaming: boolean }): Promise<number> {
  const { stage } = run
  const before = await stage.openCalls()
  await stage.hold({ aim: aimAt(running, question, stage.upstreamPort), connections: LEAVING, stall: false, waitMs: 1000 })
  for (let tries = 0; tries < 50 && (await stage.openCalls()) - before < LEAVING; tries++) await sleep(20)
  const open = (await stage.openCalls()) - before
  if (open < LEAVING) run.say(`  ${running.subject.name}: only ${open} of ${LEAVING} calls reached the upstream`)
  await stage.leave()
  await sleep(1000)
  const left = (await stage.openCalls()) - before
  await stage.dropCalls()
  await sleep(100)
  return left
}

async function eachFresh(run: BenchRun, measure: (running: Running, pid: number) => Promise<string>): Promise<void> {
  for (const subject of run.subjects) {
    if (subject.command === undefined) continue
    const running = await startSubject(subject, run.stage.upstreamPort)
    try {
      run.say(`  ${subject.name}: ${await measure(running, running.pid!)}`)
    } finally {
      await running.stop()
      await run.stage.dropCalls()
    }
  }
}

/** Memory once it has stopped growing, or after six seconds. */
async function settled(pid: number): Promise<number> {
  let last = memoryBytes(pid)
  for (let tries = 0; tries < 12; tries++) {
    await sleep(500)
    const now = memoryBytes(pid)
    if (Math.abs(now - last) < MB) return now
    last = now
  }
  return last
}
