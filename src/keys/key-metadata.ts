import type { ApiKey } from './key-set.ts'

type Pairs = Readonly<Record<string, string>>

/** The pair that names the key in Bedrock's invocation log. */
const NAME = 'adit_key'

/**
 * The pairs for Bedrock's invocation log: the key's name and what the operator has written beside it, then the caller's.
 * Bedrock takes so many and no more, so the operator's come first, and no caller can put others in their place.
 */
export function withKeyMetadata(pairs: Pairs | undefined, key: ApiKey | undefined): Pairs {
  if (key === undefined) return pairs ?? NOTHING
  const own = ownPairs(key)
  return pairs === undefined ? own : { ...own, ...pairs, ...own }
}

const NOTHING: Pairs = {}
const known = new WeakMap<ApiKey, Pairs>()

/** The same for all requests of a key. */
function ownPairs(key: ApiKey): Pairs {
  const made = known.get(key) ?? { [NAME]: key.name, ...key.metadata }
  if (!known.has(key)) known.set(key, made)
  return made
}
