import { DESIGNS, type Design } from './designs.ts'
import { type Outcome, SERVICES, simulate } from './simulate.ts'
import { WORKLOADS, type Workload } from './workloads.ts'

/** One design under one load and one way to count, over all seeds. */
export interface Cell {
  readonly workload: Workload
  readonly load: number
  readonly design: Design
  readonly service: string
  /** Answered in time and whole, of all offered: 0 to 1. */
  readonly useful: number
  /** Calls of the service for each answer. */
  readonly attempts: number
  /** Milliseconds until the service took the call. */
  readonly waitP50: number
  readonly waitP99: number
  /** Of the answers: 0 to 1. */
  readonly cut: number
  /** Tokens for each answer. */
  readonly billed: number
  /** The useful share of the key that asks once a second; undefined: the workload has none. */
  readonly calm: number | undefined
}

/** Plays everything, the same arrivals for all designs of one seed. */
export async function playAll(seeds: readonly number[]): Promise<readonly Cell[]> {
  const cells: Cell[] = []
  for (const workload of WORKLOADS)
    for (const load of workload.loads)
      for (const design of DESIGNS)
        for (const service of SERVICES) {
          const outcomes: Outcome[] = []
          for (const seed of seeds) outcomes.push(await simulate(workload, { design, service, load, seed: seed * 1000 }))
          cells.push({ workload, load, design, service: service.name, ...summary(outcomes) })
        }
  return cells
}

function summary(outcomes: readonly Outcome[]) {
  const sum = (name: 'offered' | 'useful' | 'cut' | 'answered' | 'attempts' | 'billed') =>
    outcomes.reduce((total, outcome) => total + outcome[name], 0)
  const waits = outcomes.flatMap((outcome) => outcome.waits).sort((a, b) => a - b)
  const at = (share: number) => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? 0
  const calm = outcomes.flatMap(({ keys }) => keys.get('calm') ?? [])
  const answered = Math.max(1, sum('answered'))
  return {
    useful: sum('useful') / Math.max(1, sum('offered')),
    attempts: sum('attempts') / answered,
    waitP50: at(0.5),
    waitP99: at(0.99),
    cut: sum('cut') / answered,
    billed: sum('billed') / answered,
    calm: calm.length === 0 ? undefined : calm.reduce((s, k) => s + k.useful, 0) / calm.reduce((s, k) => s + k.offered, 0)
  }
}
