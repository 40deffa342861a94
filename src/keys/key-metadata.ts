import type { ApiKey } from './key-set.ts'

type Pairs = Readonly<Record<string, string>>

/** The pair that names the key in Bedrock's invocation log. */
const NAME = 'adit_key'

/** The pairs of a key for Bedrock's invocation log: its name and what the operator has written beside it; undefined: nobody has a key here. */
export function keyPairs(key: ApiKey | undefined): Pairs | undefined {
  if (key === undefined) return undefined
  const made = known.get(key) ?? { [NAME]: key.name, ...key.metadata }
  if (!known.has(key)) known.set(key, made)
  return made
}

/** The same for all requests of a key. */
const known = new WeakMap<ApiKey, Pairs>()
