import { cpuMicros } from '../measure/cost.ts'
import type { Running } from '../subjects.ts'
import { aimAt, type BenchRun, interleave } from './bench-run.ts'

/** Between two events of one stream, milliseconds: fifty tokens a second, as a fast model writes. */
const EVERY_MS = 20

/** Many streams at the pace of a model: how late each event is, and what it costs. Events carry the time they were sent. */
export async function paced(run: BenchRun, streams: 50 | 200): Promise<void> {
  const events = run.options.quick ? 50 : 150
  const once = (running: Running, count: number) => {
    const question = { model: `bench.paced-${count}-${EVERY_MS}`, streaming: true }
    const aim = aimAt(running, question, run.stage.upstreamPort)
    return run.stage.load({ aim, connections: streams, ms: 0, rounds: 1, rampMs: 500, stamped: true })
  }
  for (const running of run.running) await once(running, 25)
  await interleave(run, async (running) => {
    const { name } = running.subject
    const before = running.pid === undefined ? 0 : cpuMicros(running.pid)
    const { delay, firstToken, events: seen, failed } = await once(running, events)
    const after = running.pid === undefined ? 0 : cpuMicros(running.pid)
    if (failed > 0) run.say(`  ${name}: ${failed} streams failed`)
    run.figures.add(name, `paced-${streams}.p50`, delay.p50)
    run.figures.add(name, `paced-${streams}.p99`, delay.p99)
    run.figures.add(name, `paced-${streams}.firstToken`, firstToken.p50)
    if (running.pid !== undefined) run.figures.add(name, `paced-${streams}.cpu`, (after - before) / seen)
    return `${delay.p50.toFixed(2)}/${delay.p99.toFixed(2)} ms`
  })
}

/** One stream after the other over one connection: what the subject adds until the first token, with nobody else about. */
export async function oneAtATime(run: BenchRun): Promise<void> {
  const question = { model: 'bench.burst-20', streaming: true }
  const once = (running: Running, ms: number) =>
    run.stage.load({ aim: aimAt(running, question, run.stage.upstreamPort), connections: 1, ms })
  for (const running of run.running) await once(running, run.options.roundMs * 2)
  await interleave(run, async (running) => {
    const { firstToken } = await once(running, run.options.roundMs)
    run.figures.add(running.subject.name, 'one.firstToken', firstToken.p50)
    return `${firstToken.p50.toFixed(3)} ms`
  })
  const floor = run.figures.median('direct', 'one.firstToken') ?? 0
  for (const { subject, pid } of run.running) {
    const taken = run.figures.median(subject.name, 'one.firstToken')
    if (pid !== undefined && taken !== undefined) run.figures.add(subject.name, 'one.added', taken - floor)
  }
}
