import type { BenchRun } from './bench-run.ts'
import { burst, deriveEventCost } from './burst.ts'
import { hostile } from './hostile.ts'
import { idle, leaving, stalled } from './memory.ts'
import { oneAtATime, paced } from './paced.ts'

/** All workloads in the order they run, by the names that `--only` takes. */
export const WORKLOADS: Readonly<Record<string, (run: BenchRun) => Promise<void>>> = {
  unary: (run) => burst(run, 'unary.cpu', { model: 'bench.unary', streaming: false }),
  'burst-20': (run) => burst(run, 'burst-20.cpu', { model: 'bench.burst-20', streaming: true }),
  async 'burst-500'(run) {
    await burst(run, 'burst-500.cpu', { model: 'bench.burst-500', streaming: true })
    deriveEventCost(run)
  },
  'one-at-a-time': oneAtATime,
  'paced-50': (run) => paced(run, 50),
  'paced-200': (run) => paced(run, 200),
  stalled,
  idle,
  leaving,
  hostile
}

/** Workloads that start processes of their own and need no warm ones. */
export const FRESH: ReadonlySet<string> = new Set(['stalled', 'idle', 'leaving', 'hostile'])
