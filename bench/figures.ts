import type { SubjectName } from './subjects.ts'

/** What can be measured of a subject, with its unit. Less is better, all along. */
export const FIGURES = {
  'unary.cpu': { title: 'CPU per unary request', unit: 'µs' },
  'burst-20.cpu': { title: 'CPU per 20-event stream', unit: 'µs' },
  'burst-500.cpu': { title: 'CPU per 500-event stream', unit: 'µs' },
  'event.cpu': { title: 'CPU per event of a 500-event stream', unit: 'µs' },
  'one.firstToken': { title: 'time to first token, one at a time, p50', unit: 'ms' },
  'one.added': { title: 'time to first token added, one at a time', unit: 'ms' },
  'paced-50.cpu': { title: 'CPU per event, 50 paced streams', unit: 'µs' },
  'paced-50.firstToken': { title: 'time to first token, 50 paced streams, p50', unit: 'ms' },
  'paced-50.p50': { title: 'relay delay, 50 paced streams, p50', unit: 'ms' },
  'paced-50.p99': { title: 'relay delay, 50 paced streams, p99', unit: 'ms' },
  'paced-200.cpu': { title: 'CPU per event, 200 paced streams', unit: 'µs' },
  'paced-200.firstToken': { title: 'time to first token, 200 paced streams, p50', unit: 'ms' },
  'paced-200.p50': { title: 'relay delay, 200 paced streams, p50', unit: 'ms' },
  'paced-200.p99': { title: 'relay delay, 200 paced streams, p99', unit: 'ms' },
  'stalled.memory': { title: 'memory per stalled client, 28 MB answer', unit: 'MB' },
  'idle.memory': { title: 'memory with 1,000 open idle streams', unit: 'MB' },
  'leaving.streaming': { title: 'upstream calls left 1 s after 100 clients left, streaming', unit: '' },
  'leaving.unary': { title: 'upstream calls left 1 s after 100 clients left, unary', unit: '' },
  'hostile.held': { title: 'event loop held up by one hostile body, longest', unit: 'ms' }
} as const satisfies Record<string, { readonly title: string; readonly unit: string }>

export type FigureName = keyof typeof FIGURES

/** Samples of each figure of each subject, one for each time that it had its turn. */
export interface Figures {
  add(subject: SubjectName, figure: FigureName, sample: number): void
  /** The median of the rounds; undefined when it was not measured. */
  median(subject: SubjectName, figure: FigureName): number | undefined
  /**
   * How many times a figure of one subject is that of another: the median of the rounds' own ratios, since two samples of one round were
   * taken right after each other; undefined when either was not measured.
   */
  ratio(own: SubjectName, other: SubjectName, figure: FigureName): number | undefined
  /** All samples, for the record. */
  all(): Record<string, Record<string, number[]>>
}

/** Makes an empty collection. */
export function createFigures(): Figures {
  const samples = new Map<string, number[]>()
  const keyOf = (subject: SubjectName, figure: FigureName) => `${subject} ${figure}`
  return {
    add(subject, figure, sample) {
      const key = keyOf(subject, figure)
      samples.set(key, [...(samples.get(key) ?? []), sample])
    },
    median: (subject, figure) => median(samples.get(keyOf(subject, figure)) ?? []),
    ratio(own, other, figure) {
      const [ours, theirs] = [samples.get(keyOf(own, figure)) ?? [], samples.get(keyOf(other, figure)) ?? []]
      return median(ours.slice(0, theirs.length).map((sample, round) => sample / theirs[round]!))
    },
    all() {
      const table: Record<string, Record<string, number[]>> = {}
      for (const [key, values] of samples) {
        const [subject, figure] = key.split(' ') as [string, string]
        table[subject] = { ...table[subject], [figure]: values }
      }
      return table
    }
  }
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : sorted.length === 0 ? undefined : (sorted[middle - 1]! + sorted[middle]!) / 2
}
