import type { Metric, Registry } from 'prom-client'

/** Values counted by size, for one set of labels. */
export interface Series {
  observe(value: number): void
}

/** A Prometheus histogram. A series is found once and then only added to; prom-client's own looks it up by its labels for every value. */
export interface HistogramOf<Label extends string> {
  /** The one series of these labels. Finding it takes longer than adding to it, so keep it. */
  series(labels: Readonly<Record<Label, string>>): Series
}

interface Counted {
  readonly labels: Readonly<Record<string, string>>
  /** Values up to each bound and above the one before; the last: above all bounds. */
  readonly counts: number[]
  sum: number
}

/** Makes a histogram and registers it. `buckets` are upper bounds, rising. */
export function createHistogram<Label extends string>(
  registry: Registry,
  { name, help, buckets }: { readonly name: string; readonly help: string; readonly buckets: readonly number[] }
): HistogramOf<Label> {
  const all = new Map<string, Counted>()
  // What the registry asks of a metric; its type wants the whole class.
  const metric = {
    name,
    help,
    type: 'histogram',
    get: async () => ({ name, help, type: 'histogram', values: [...all.values()].flatMap(lines) })
  }
  registry.registerMetric(metric as unknown as Metric)

  function lines({ labels, counts, sum }: Counted) {
    let total = 0
    const bounds = [...buckets, '+Inf']
    return [
      ...bounds.map((le, at) => {
        total += counts[at]!
        return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: total }
      }),
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: total }
    ]
  }

  return {
    series(labels) {
      const name = JSON.stringify(labels)
      const counted = all.get(name) ?? { labels, counts: new Array<number>(buckets.length + 1).fill(0), sum: 0 }
      all.set(name, counted)
      return {
        observe(value) {
          let at = 0
          while (at < buckets.length && value > buckets[at]!) at++
          counted.counts[at]!++
          counted.sum += value
        }
      }
    }
  }
}
