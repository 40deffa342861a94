import { keepNewest } from '../../core/bounded.ts'
import type { ModelInfo } from '../../core/model.ts'

/** ARNs that hide their model and whose model the control plane tells one by one. */
const APPLICATION_PROFILE = /^arn:[a-z-]+:bedrock:[a-z0-9-]+:\d{12}:application-inference-profile\/[A-Za-z0-9]+$/

/** How long a caller waits for an answer, once. */
const WAIT_MS = 2000
const GIVE_UP_MS = 10_000
/** An ARN that could not be looked up is not asked for again before this has passed. */
const RETRY_MS = 60_000
const MOST_AT_ONCE = 8
const MOST_KEPT = 1000

export interface LookupOptions {
  /** Asks the control plane; undefined: it tells of no such profile. */
  readonly ask: (arn: string, signal: AbortSignal) => Promise<ModelInfo | undefined>
  readonly now: () => number
  readonly closed: AbortSignal
}

/** Models that no list tells of, looked up one by one. */
export interface Lookup {
  /** What has been learnt, by ARN: another map whenever something is. */
  readonly found: ReadonlyMap<string, ModelInfo>
  /** Whether a lookup could tell more about this id. */
  wants(id: string): boolean
  /**
   * Learns of an ARN: one call for all who ask at the same time, none for those who come later. Waits two seconds at most and only
   * while the first call runs. Never fails: a model nobody knows is called with what suits most models.
   */
  learn(id: string): Promise<void>
}

interface Asked {
  /** Resolves when the answer is there or the wait is over. */
  readonly done: Promise<void>
  readonly at: number
}

export function createLookup({ ask, now, closed }: LookupOptions): Lookup {
  let found: ReadonlyMap<string, ModelInfo> = new Map()
  const asked = new Map<string, Asked>()
  let running = 0

  async function askOnce(arn: string): Promise<void> {
    running++
    try {
      const model = await ask(arn, AbortSignal.any([closed, AbortSignal.timeout(GIVE_UP_MS)]))
      if (model === undefined) return
      const more = new Map(found)
      keepNewest(more, arn, model, MOST_KEPT)
      found = more
    } catch {
      // fails open: the call of the model itself tells its caller what is wrong
    } finally {
      running--
    }
  }

  return {
    get found() {
      return found
    },
    wants: (id) => !found.has(id) && APPLICATION_PROFILE.test(id),
    async learn(id) {
      const before = asked.get(id)
      if (before !== undefined && now() - before.at < RETRY_MS) return before.done
      if (running >= MOST_AT_ONCE) return
      const done = Promise.race([askOnce(id), pause(WAIT_MS)])
      keepNewest(asked, id, { done, at: now() }, MOST_KEPT)
      return done
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}
