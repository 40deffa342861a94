import { keepNewest } from '../../core/bounded.ts'
import { type Breaker, type BreakerOptions, createBreaker } from './breaker.ts'

/** The breaker as each caller meets it. */
export interface CallerBreakers {
  /** `owner`: the name of the caller's key. */
  of(owner: string): Breaker
}

const MOST_PLACES = 1000

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

  return {
    of(owner) {
      const ownPlace = (place: string) => `${place} ${owner}`
      return {
        admits(place) {
          if (!own.admits(ownPlace(place))) return false
          if (shared.admits(place)) return true
          own.withdrew(ownPlace(place))
          return false
        },
        succeeded(place) {
          failing.delete(place)
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
    }
  }
}
