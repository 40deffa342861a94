import { hash, timingSafeEqual } from 'node:crypto'
import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'

const KeyEntrySchema = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 128 }),
  key: Type.Optional(Type.String({ minLength: 1 })),
  sha256: Type.Optional(Type.String({ pattern: '^[0-9a-fA-F]{64}$' })),
  models: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
  requests_per_minute: Type.Optional(Type.Integer({ minimum: 1 })),
  tokens_per_minute: Type.Optional(Type.Integer({ minimum: 1 })),
  max_concurrent: Type.Optional(Type.Integer({ minimum: 1 })),
  expires: Type.Optional(Type.String()),
  metadata: Type.Optional(Type.Record(Type.String(), Type.String()))
})
const KeySetSchema = Type.Object({ keys: Type.Array(KeyEntrySchema, { minItems: 1 }) })

/** One key, without the key itself: only its digest is kept. */
export interface ApiKey {
  /** For logs, metrics and Bedrock's request metadata. */
  readonly name: string
  readonly digest: Buffer
  /** Globs of the models this key may call; absent: all. */
  readonly models?: readonly string[]
  readonly requestsPerMinute?: number
  readonly tokensPerMinute?: number
  readonly maxConcurrent?: number
  /** Milliseconds since the epoch; the key is refused from then on. */
  readonly expiresAt?: number
  readonly metadata?: Readonly<Record<string, string>>
}

export type KeySet = readonly ApiKey[]

/**
 * Reads what a key source holds: a bare key, `{"api_key":"..."}`, or a key set `{"keys":[...]}`.
 * White space around a bare key is dropped, since a trailing newline is the commonest mistake.
 * Throws an Error that names the source and the fault, never the content.
 */
export function parseKeySet(text: string, source: string): KeySet {
  const trimmed = text.trim()
  if (trimmed === '') throw new Error(`${source} is empty: it must hold an API key`)
  if (!trimmed.startsWith('{')) return [{ name: 'default', digest: digest(trimmed) }]
  const parsed = parseObject(trimmed, source)
  if ('keys' in parsed) return keysOf(parsed, source)
  const single = parsed.api_key ?? parsed.API_KEY ?? parsed.apiKey
  if (typeof single !== 'string' || single.trim() === '') {
    throw new Error(`${source} is JSON without a string field "api_key" and without a list "keys"`)
  }
  return [{ name: 'default', digest: digest(single.trim()) }]
}

function parseObject(text: string, source: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    // the parser's own message quotes the text, which is a secret here
    throw new Error(`${source} begins like JSON but does not parse`)
  }
}

function keysOf(parsed: unknown, source: string): KeySet {
  if (!Value.Check(KeySetSchema, parsed)) {
    const first = Value.Errors(KeySetSchema, parsed).First()
    throw new Error(`${source}: the key set is wrong at ${first?.path || '/'}: ${first?.message ?? 'it has another shape'}`)
  }
  const keys = parsed.keys.map((entry, index) => toApiKey(entry, `${source}: keys[${index}]`))
  const names = new Set<string>()
  for (const { name } of keys) {
    if (names.has(name)) throw new Error(`${source}: the key name "${name}" is used twice`)
    names.add(name)
  }
  return keys
}

function toApiKey(entry: Static<typeof KeyEntrySchema>, where: string): ApiKey {
  if ((entry.key === undefined) === (entry.sha256 === undefined))
    throw new Error(`${where} needs exactly one of "key" and "sha256"`)
  const expiresAt = entry.expires === undefined ? undefined : Date.parse(entry.expires)
  if (Number.isNaN(expiresAt)) throw new Error(`${where}.expires is not a date`)
  return {
    name: entry.name,
    digest: entry.key === undefined ? Buffer.from(entry.sha256 ?? '', 'hex') : digest(entry.key.trim()),
    ...(entry.models && { models: entry.models }),
    ...(entry.requests_per_minute !== undefined && { requestsPerMinute: entry.requests_per_minute }),
    ...(entry.tokens_per_minute !== undefined && { tokensPerMinute: entry.tokens_per_minute }),
    ...(entry.max_concurrent !== undefined && { maxConcurrent: entry.max_concurrent }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(entry.metadata && { metadata: entry.metadata })
  }
}

/** SHA-256 of a key, 32 bytes. */
export function digest(key: string): Buffer {
  return hash('sha256', key, 'buffer')
}

/**
 * Finds the key that was presented, or undefined. Every entry is compared, in constant time on digests,
 * so neither the length nor the place of a wrong key can be measured. Expired keys never match.
 */
export function findKey(set: KeySet, presented: string, now: number): ApiKey | undefined {
  const wanted = digest(presented)
  let found: ApiKey | undefined
  for (const entry of set) if (timingSafeEqual(entry.digest, wanted)) found = entry
  return found === undefined || isExpired(found, now) ? undefined : found
}

/** Whether a key has ended; `now` in milliseconds since the epoch. */
export function isExpired({ expiresAt }: ApiKey, now: number): boolean {
  return expiresAt !== undefined && expiresAt <= now
}
