import { stableHash } from '../../core/stable-hash.ts'
import type { Traits } from '../../models/traits.ts'

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
  toCaller(): ReadonlyMap<string, string>
}

const NONE: ReadonlyMap<string, string> = new Map()

/** Makes an empty map for one request. */
export function createToolIds(alphabet: Traits['toolIds']): ToolIds {
  // Made with the first id: most conversations have none.
  let known: { taken: Set<string>; toCaller: Map<string, string>; salts: Map<string, number> } | undefined
  return {
    toCaller: () => known?.toCaller ?? NONE,
    next(id) {
      known ??= { taken: new Set(), toCaller: new Map(), salts: new Map() }
      const { taken, toCaller, salts } = known
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
