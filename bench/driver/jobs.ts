/** Where to send what: the bytes of one whole HTTP/1.1 request, sent again and again. */
export interface Aim {
  readonly port: number
  readonly request: string
}

/** Orders to the driver, one at a time. */
export type Job =
  | {
      readonly do: 'load'
      readonly aim: Aim
      readonly connections: number
      /** New requests begin until then; those that run may finish. */
      readonly ms: number
      /** Requests of one connection at most. */
      readonly rounds?: number
      /** Connections begin one after the other, spread over this time. */
      readonly rampMs?: number
      /** Read the time in each event's stamp. */
      readonly stamped?: boolean
    }
  /** Opens calls and keeps them; `stall`: reads nothing after the first bytes. */
  | { readonly do: 'hold'; readonly aim: Aim; readonly connections: number; readonly stall: boolean; readonly waitMs: number }
  /** Closes what `hold` opened. */
  | { readonly do: 'leave' }

export interface Spread {
  readonly p50: number
  readonly p99: number
}

/** What a load showed; times in milliseconds. */
export interface Outcome {
  readonly done: number
  readonly failed: number
  readonly events: number
  readonly seconds: number
  readonly firstToken: Spread
  readonly total: Spread
  readonly delay: Spread
}

/** `ready` when the driver can be asked; `held`: how many calls have begun to answer. */
export type DriverWord = { readonly ready: true } | { readonly outcome: Outcome } | { readonly held: number }

/** The middle and the ninety-ninth percentile; zeros of nothing. */
export function spread(samples: number[]): Spread {
  const sorted = Float64Array.from(samples).sort()
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return { p50: at(0.5), p99: at(0.99) }
}
