import { keepNewest } from '../../core/bounded.ts'

/** What Bedrock refused for a model is left out for that model for a while. */
export interface OmissionMemory {
  /** Names to leave out for this model. */
  of(modelId: string): ReadonlySet<string>
  /** Remembers names whose leaving out has helped. */
  learn(modelId: string, names: ReadonlySet<string>): void
}

/** Models beyond this are forgotten, oldest first: ids come from callers. */
const MOST_MODELS = 1000
/** Models and the service change; one refused call an hour tells. Milliseconds. */
const REMEMBER_MS = 3_600_000
/** Nothing is left out. */
export const NO_OMISSIONS: ReadonlySet<string> = new Set()

interface Learnt {
  readonly names: ReadonlySet<string>
  readonly until: number
}

/** Makes an empty memory. `now` in milliseconds of a clock that does not go back. */
export function createOmissionMemory(now: () => number): OmissionMemory {
  const learnt = new Map<string, Learnt>()

  function of(modelId: string): ReadonlySet<string> {
    const known = learnt.get(modelId)
    return known === undefined || known.until < now() ? NO_OMISSIONS : known.names
  }

  return {
    of,
    learn(modelId, names) {
      const all = new Set([...of(modelId), ...names])
      keepNewest(learnt, modelId, { names: all, until: now() + REMEMBER_MS }, MOST_MODELS)
    }
  }
}
