import { memoize } from '../../core/bounded.ts'
import type { ModelTarget } from '../../models/model-target.ts'
import type { Transport } from '../transport/transport.ts'

/** Where a call can go: a region and a model. */
export interface Candidate {
  readonly transport: Transport
  readonly target: ModelTarget
  /** The operator's pool that it belongs to. */
  readonly pool?: string
  /** The account whose quota it takes, where that is not the gateway's own. */
  readonly account?: string
  /** Another place is at least as good: what may pass there is not waited for here. */
  readonly hasEqual?: true
  /** Hears what came of its call; absent: nobody chooses by it. */
  readonly listener?: PlaceListener
}

/** Who has chosen a place among several. */
export interface PlaceListener {
  /** It has answered; `isPushed`: since one before it had no room. */
  answered(isPushed: boolean): void
  /** It does not have the model, or the gateway has no right to call it. */
  lacking(): void
}

/** Of each kind, as many as are remembered; ids come from callers. */
const MOST_NAMES = 1000

/** Made once for each place: a text that is put together anew is looked up letter by letter, in every map. */
const nameOf = memoize(
  (account: string) =>
    memoize(
      (region: string) =>
        memoize((id: string) => (account === '' ? `${region} ${id}` : `${region} ${id} ${account}`), MOST_NAMES),
      MOST_NAMES
    ),
  MOST_NAMES
)

/** The name a breaker, and a ledger of quota, knows a candidate by; a region holds no blank. `id`: another than the one that is called. */
export function placeKey({ transport, target, account = '' }: CandidatePlace, id = target.id): string {
  return nameOf(account)(transport.region)(id)
}

/** What of a candidate tells its quota. */
export type CandidatePlace = Pick<Candidate, 'target' | 'account' | 'pool'> & { readonly transport: { readonly region: string } }

/** What tells where a request goes, beside its model. */
export interface Placing {
  /** The name of the caller's key, empty where none is asked for. */
  readonly owner: string
  /** A hash that is the same for requests which shall go to the same place; asked for only where there are several. */
  readonly beginning: () => number
  /** For how long what was sent is kept in the cache of where it went, milliseconds; asked for only where it had to move. */
  readonly keptMs: () => number
}

/** The places where a request may be sent, in order. Throws GatewayError where there is none. */
export type FindCandidates = (targets: readonly [ModelTarget, ...ModelTarget[]], placing: Placing) => readonly Candidate[]
