import type { Refused } from '../codec/chat-codec.ts'
import { NO_OMISSIONS, type Omission } from '../prepare/encode-scope.ts'
import type { OmissionMemory, Taught } from './omission-memory.ts'

/** One request that may be sent without some of its parts. */
export interface OmittingCall<T> {
  /** Whose memory is read and written. */
  readonly taught: Taught
  /** Sends it without these, beside what the memory holds. Throws what Bedrock refused it with. */
  send(omissions: ReadonlySet<Omission>): Promise<T>
  /** What a refusal of the request without `omissions` says can be left out besides; `tried` names what did not help. */
  read(error: unknown, omissions: ReadonlySet<Omission>, tried: ReadonlySet<string>): Refused | undefined
  /** Hears each time that something is left out. */
  omitted?(names: readonly Omission[]): void
}

/** Calls beyond the first before Bedrock's refusal is believed. */
const MOST_AGAIN = 4

/**
 * Calls; when Bedrock refuses one thing that can be left out, calls again without it. Where the same sentence comes again it has
 * not helped, and is put back. What has helped, and what its refusal proves to be a field that the model lacks, is remembered.
 * Resolves with the answer and the number of calls beyond the first; throws the last refusal.
 */
export async function callOmitting<T>(call: OmittingCall<T>, memory: OmissionMemory): Promise<{ value: T; again: number }> {
  let omissions = NO_OMISSIONS
  let missing = NO_OMISSIONS
  let last: { readonly sentence: string; readonly refused: Refused } | undefined
  const tried = new Set<string>()
  for (let again = 0; ; again++) {
    try {
      const value = await call.send(omissions)
      if (missing.size > 0) memory.learn(call.taught, missing)
      return { value, again }
    } catch (error) {
      if (again === MOST_AGAIN) throw error
      const sentence = error instanceof Error ? error.message : ''
      if (last !== undefined && last.sentence === sentence) {
        omissions = without(omissions, last.refused.omissions)
        missing = without(missing, last.refused.omissions)
      }
      const refused = call.read(error, omissions, tried)
      if (refused === undefined) throw error
      tried.add(refused.omissions.join())
      omissions = new Set([...omissions, ...refused.omissions])
      if (refused.isMissing) missing = new Set([...missing, ...refused.omissions])
      last = { sentence, refused }
      call.omitted?.(refused.omissions)
    }
  }
}

function without(all: ReadonlySet<Omission>, some: readonly Omission[]): ReadonlySet<Omission> {
  return new Set([...all].filter((one) => !some.includes(one)))
}
