import { aimAt, type BenchRun } from './bench-run.ts'

const CONNECTIONS = 32
/**
 * How many rounds long each load runs. V8 goes on compiling a gateway for some twenty seconds of it; a colder process shows up to three
 * times the cost.
 */
const LOADS = [
  { model: 'bench.unary', streaming: false, rounds: 10 },
  { model: 'bench.burst-20', streaming: true, rounds: 8 },
  { model: 'bench.burst-500', streaming: true, rounds: 4 }
] as const

/** Loads every subject until V8 has settled on its code, whatever is measured afterwards. */
export async function warmUp({ running, stage, options, say }: BenchRun): Promise<void> {
  for (const each of running) {
    if (each.pid === undefined) continue
    say(`warming ${each.subject.title}`)
    for (const { rounds, ...question } of LOADS) {
      const aim = aimAt(each, question, stage.upstreamPort)
      await stage.load({ aim, connections: CONNECTIONS, ms: rounds * options.roundMs })
    }
  }
}
