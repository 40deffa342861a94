import type { ErrorKind } from '../../errors.ts'
import type { ThrottleKind } from '../../quota/throttle-kind.ts'
import type { BreakerState } from './breaker.ts'

/** A region and the id of the model that was called there. */
export interface Place {
  readonly region: string
  readonly model: string
  /** The operator's pool, where there are some. */
  readonly pool?: string
}

/** Hears what happens between the gateway and Bedrock; for metrics and the log. It must not throw. */
export interface BedrockObserver {
  /** A call failed; `retried`: another one follows for the same request. */
  upstreamError?(
    event: Place & {
      readonly kind: ErrorKind
      readonly throttle?: ThrottleKind
      readonly attempt: number
      readonly retried: boolean
      readonly cause: unknown
    }
  ): void
  /** The first event of an answer is there; milliseconds since the call was sent. */
  firstEvent?(event: Place & { readonly ms: number }): void
  breaker?(event: Place & { readonly state: BreakerState }): void
  /** Bedrock refused one named thing, and the request is sent again without it. The name holds no words of the caller. */
  omitted?(event: Place & { readonly name: string }): void
}
