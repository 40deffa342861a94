import type { Outcome } from '../driver/jobs.ts'
import type { FigureName } from '../figures.ts'
import { cpuMicros } from '../measure/cost.ts'
import type { Question } from '../requests.ts'
import type { Running } from '../subjects.ts'
import { aimAt, type BenchRun, interleave } from './bench-run.ts'

const CONNECTIONS = 32
/** A round of a subject is cut into so many, with those of the others between them: a shared machine is faster and slower within seconds. */
const SLICES = 4

/** CPU per request of answers that come as fast as they can: whole, 20 events, 500 events. */
export async function burst(run: BenchRun, figure: FigureName, question: Question): Promise<void> {
  const once = async (running: Running, ms: number): Promise<{ outcome: Outcome; micros: number }> => {
    const aim = aimAt(running, question, run.stage.upstreamPort)
    const before = running.pid === undefined ? 0 : cpuMicros(running.pid)
    const outcome = await run.stage.load({ aim, connections: CONNECTIONS, ms })
    const after = running.pid === undefined ? 0 : cpuMicros(running.pid)
    if (outcome.done === 0) throw new Error(`${running.subject.title} answered no ${question.model}; ${outcome.failed} failed`)
    if (outcome.failed > 0) run.say(`  ${running.subject.name}: ${outcome.failed} of ${outcome.done} failed`)
    return { outcome, micros: (after - before) / outcome.done }
  }
  for (const running of run.running) await once(running, run.options.roundMs)
  const { rounds, roundMs } = run.options
  const turn = async (running: Running) => {
    const { outcome, micros } = await once(running, roundMs / SLICES)
    const rate = Math.round(outcome.done / outcome.seconds)
    if (running.pid === undefined) return `${rate}/s`
    run.figures.add(running.subject.name, figure, micros)
    return `${micros.toFixed(0)} µs ${rate}/s`
  }
  await interleave(run, turn, rounds * SLICES)
}

/** CPU per further event, by difference, so that what a request costs is not in it. */
export function deriveEventCost({ figures, running }: BenchRun): void {
  for (const { subject } of running) {
    const short = figures.median(subject.name, 'burst-20.cpu')
    const long = figures.median(subject.name, 'burst-500.cpu')
    if (short !== undefined && long !== undefined) figures.add(subject.name, 'event.cpu', (long - short) / (500 - 20))
  }
}
