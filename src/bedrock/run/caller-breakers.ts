import { keepNewest, memoize } from '../../core/bounded.ts'
import { type Breaker, type BreakerOptions, createBreaker } from './breaker.ts'

/** The breaker as each caller meets it. */
export interface CallerBreakers {
  /** `owner`: the name of the caller's key. */
  of(owner: string): Breaker
}

const MOST_PLACES = 1000
/** Callers beyond this are made anew; a key set is read anew while the gateway runs. */
const MOST_OWNERS = 1000

/**
 * Keeps what one caller's requests do to a place for that caller: a request that makes a model fail shall not take the model from
 * others. Shared by all is what no caller can bring about, and what several have met since the last success.
 */
export function createCallerBreakers(options: BreakerOptions = {}): CallerBreakers {
  const shared = createBreaker(options)
  const own = createBreaker(options)
  /** Whose requests have failed since the last success. */
  const failing = new Map<string, Set<string>>()

  function isSeveral(place: string, owner: string): boolean {
    const owners = failing.get(place) ?? new Set()
    owners.add(owner)
    keepNewest(failing, place, owners, MOST_PLACES)
    return owners.size > 1
  }

  const isCalm = () => own.isCalm && shared.isCalm

  return {
    // One for each caller, and not for each request.
    of: memoize((owner: string): Breaker => {
      const ownPlace = (place: string) => `${place} ${owner}`
      return {
        get isCalm() {
          return isCalm()
        },
        admits(place) {
          if (isCalm()) return true
          if (!own.admits(ownPlace(place))) return false
          if (shared.admits(place)) return true
          own.withdrew(ownPlace(place))
          return false
        },
        succeeded(place) {
          if (failing.size > 0) failing.delete(place)
          if (isCalm()) return
          own.succeeded(ownPlace(place))
          shared.succeeded(place)
        },
        failed(place, isNobodysDoing = false) {
          if (isNobodysDoing) {
            own.withdrew(ownPlace(place))
            shared.failed(place)
            return
          }
          own.failed(ownPlace(place))
          if (isSeveral(place, owner)) shared.failed(place)
          else shared.withdrew(place)
        },
        withdrew(place) {
          own.withdrew(ownPlace(place))
          shared.withdrew(place)
        },
        waitMs: (place) => Math.max(own.waitMs(ownPlace(place)), shared.waitMs(place)),
        states: () => new Map([...own.states(), ...shared.states()])
      }
    }, MOST_OWNERS)
  }
}
