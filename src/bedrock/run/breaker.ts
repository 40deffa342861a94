import { keepNewest } from '../../core/bounded.ts'

/** `open`: skipped for a while; `half-open`: one call is let through to see. */
export type BreakerState = 'closed' | 'open' | 'half-open'

/** Remembers which places keep failing, so that nobody waits for them. */
export interface Breaker {
  /** No place is in trouble: all may be called, and an answer has nothing to tell. */
  readonly isCalm: boolean
  /** Whether a call may go to the place. In `half-open` only one at a time may; its outcome must be told. */
  admits(place: string): boolean
  succeeded(place: string): void
  /** `isNobodysDoing`: no request can bring it about, so it tells of the place for all callers; default: false. */
  failed(place: string, isNobodysDoing?: boolean): void
  /** The call ended without telling anything about the place. */
  withdrew(place: string): void
  /** Milliseconds until the place is probed again; 0 when it may be called. */
  waitMs(place: string): number
  /** States of all places that are not closed. */
  states(): ReadonlyMap<string, BreakerState>
}

export interface BreakerOptions {
  /** Failures in a row that open it. Default 5. */
  readonly threshold?: number
  /** How long it stays open at first; it doubles with each failed probe up to `longestMs`. Defaults 2000 and 60000, milliseconds. */
  readonly openMs?: number
  readonly longestMs?: number
  /** Milliseconds of any clock that does not go back. */
  readonly now?: () => number
  readonly onChange?: (place: string, state: BreakerState) => void
}

interface Trouble {
  failures: number
  openMs: number
  /** 0 while closed. */
  openUntil: number
  /** When the running probe counts as lost; 0 without a probe. */
  probeUntil: number
}

/** Places beyond this are forgotten, oldest first: model ids come from callers. */
const MOST_PLACES = 1000
/** A probe whose outcome is not told in this time counts as lost. */
const PROBE_MS = 60_000

/** Makes a breaker for all places. Only places in trouble take memory. */
export function createBreaker(options: BreakerOptions = {}): Breaker {
  const { threshold = 5, openMs = 2000, longestMs = 60_000, now = () => performance.now(), onChange } = options
  const troubles = new Map<string, Trouble>()

  function trouble(place: string): Trouble {
    const known = troubles.get(place) ?? { failures: 0, openMs, openUntil: 0, probeUntil: 0 }
    keepNewest(troubles, place, known, MOST_PLACES)
    return known
  }

  return {
    get isCalm() {
      return troubles.size === 0
    },
    admits(place) {
      const known = troubles.get(place)
      if (known === undefined || known.openUntil === 0) return true
      const at = now()
      if (at < known.openUntil || at < known.probeUntil) return false
      known.probeUntil = at + PROBE_MS
      onChange?.(place, 'half-open')
      return true
    },
    succeeded(place) {
      const known = troubles.get(place)
      if (known === undefined) return
      troubles.delete(place)
      if (known.openUntil !== 0) onChange?.(place, 'closed')
    },
    failed(place) {
      const known = trouble(place)
      known.failures++
      const wasProbe = known.probeUntil !== 0
      if (known.failures < threshold || (known.openUntil !== 0 && !wasProbe)) return
      if (wasProbe) known.openMs = Math.min(known.openMs * 2, longestMs)
      known.openUntil = now() + known.openMs
      known.probeUntil = 0
      onChange?.(place, 'open')
    },
    withdrew(place) {
      const known = troubles.get(place)
      if (known !== undefined) known.probeUntil = 0
    },
    waitMs(place) {
      return Math.max(0, (troubles.get(place)?.openUntil ?? 0) - now())
    },
    states() {
      const states = new Map<string, BreakerState>()
      for (const [place, { openUntil, probeUntil }] of troubles)
        if (openUntil !== 0) states.set(place, probeUntil === 0 ? 'open' : 'half-open')
      return states
    }
  }
}
