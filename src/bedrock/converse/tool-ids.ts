import type { Traits } from '../../models/traits.ts'
import { stableHash } from './stable-hash.ts'

const ALPHABETS = {
  plain: /^[a-zA-Z0-9_-]{1,64}$/,
  dotted: /^[a-zA-Z0-9_.:-]{1,64}$/,
  // Mistral refuses any other length, also for the ids it is given back; they are hashed, as cutting them makes two alike.
  nine: /^[a-zA-Z0-9]{9}$/
} as const satisfies Record<Traits['toolIds'], RegExp>

/** Ids of tool calls in the model's alphabet, unique over the conversation. */
export interface ToolIds {
  /** The id to send for the next call that the caller names so. Callers repeat ids over turns; Bedrock refuses that. */
  next(id: string): string
  /** Bedrock's ids to the caller's, only where they differ. */
  readonly toCaller: ReadonlyMap<string, string>
}

/** Makes an empty map for one request. */
export function createToolIds(alphabet: Traits['toolIds']): ToolIds {
  const taken = new Set<string>()
  const toCaller = new Map<string, string>()
  const salts = new Map<string, number>()
  return {
    toCaller,
    next(id) {
      let made = ALPHABETS[alphabet].test(id) ? id : madeId(alphabet, id)
      let salt = salts.get(id) ?? 0
      while (taken.has(made)) made = madeId(alphabet, `${id}#${++salt}`)
      if (salt > 0) salts.set(id, salt)
      taken.add(made)
      if (made !== id) toCaller.set(made, id)
      return made
    }
  }
}

function madeId(alphabet: Traits['toolIds'], text: string): string {
  const hash = stableHash(text).toString(36)
  return alphabet === 'nine' ? hash.padStart(9, '0').slice(-9) : `call_${hash}`
}
