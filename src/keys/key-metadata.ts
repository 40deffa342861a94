import type { ApiKey } from './key-set.ts'

type Pairs = Readonly<Record<string, string>>

/** The pair that names the key in Bedrock's invocation log. */
const NAME = 'adit_key'

const NO_PAIRS: Pairs = {}
const known = new WeakMap<ApiKey, Pairs>()

/** A key has the same pairs as long as it is in force. */
function ownPairs(key: ApiKey): Pairs {
  const before = known.get(key)
  if (before !== undefined) return before
  const pairs = { [NAME]: key.name, ...key.metadata }
  known.set(key, pairs)
  return pairs
}

/**
 * The pairs for Bedrock's invocation log: the key's name and what the operator has written beside it, then the caller's.
 * Bedrock takes so many and no more, so the operator's come first, and no caller can put others in their place.
 */
export function withKeyMetadata(pairs: Pairs = NO_PAIRS, key: ApiKey | undefined): Pairs {
  if (key === undefined) return pairs
  const own = ownPairs(key)
  return pairs === NO_PAIRS ? own : { ...own, ...pairs, ...own }
}
