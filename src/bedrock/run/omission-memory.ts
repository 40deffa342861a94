import { keepNewest } from '../../core/bounded.ts'
import { NO_OMISSIONS, type Omission } from '../prepare/encode-scope.ts'

/** Whose requests taught it, and of which model: nothing that one key's requests taught is left out of another key's. */
export interface Taught {
  /** The name of the caller's key; empty where the gateway asks for none. */
  readonly owner: string
  /** The id that was called. */
  readonly model: string
}

/**
 * What a model lacks, by its own words to this owner: it is left out of the owner's requests for an hour.
 *
 * Only fields are kept, never what a caller wrote into one: `readOmission` tells which refusals prove that a field is missing.
 * An entry is read and written under its own owner alone, so no request of one key can change what another key's request becomes.
 */
export interface OmissionMemory {
  of(taught: Taught): ReadonlySet<Omission>
  /** Remembers what was left out of a request that was taken then. */
  learn(taught: Taught, omissions: ReadonlySet<Omission>): void
}

/** Models of one owner beyond this are forgotten, oldest first: ids come from callers. */
const MOST_MODELS = 200
/** Owners beyond this are forgotten, oldest first; a key set is read anew while the gateway runs. */
const MOST_OWNERS = 1000
/** Models and the service change; one refused call an hour tells. Milliseconds. */
const REMEMBER_MS = 3_600_000

interface Learnt {
  readonly omissions: ReadonlySet<Omission>
  readonly until: number
}

/** Makes an empty memory. `now` in milliseconds of a clock that does not go back. */
export function createOmissionMemory(now: () => number): OmissionMemory {
  const owners = new Map<string, Map<string, Learnt>>()

  function of({ owner, model }: Taught): ReadonlySet<Omission> {
    const known = owners.get(owner)?.get(model)
    return known === undefined || known.until < now() ? NO_OMISSIONS : known.omissions
  }

  return {
    of,
    learn(taught, omissions) {
      const { owner, model } = taught
      const models = owners.get(owner) ?? new Map<string, Learnt>()
      const all = new Set([...of(taught), ...omissions])
      keepNewest(models, model, { omissions: all, until: now() + REMEMBER_MS }, MOST_MODELS)
      keepNewest(owners, owner, models, MOST_OWNERS)
    }
  }
}
