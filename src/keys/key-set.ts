import { hash, timingSafeEqual } from 'node:crypto'
import { type Static, Type } from '@sinclair/typebox'
import { Value, ValueErrorType } from '@sinclair/typebox/value'
import { nearName } from '../near-name.ts'

const STRICT = { additionalProperties: false }

/** Whole nano-dollars of it are still exact numbers. */
const MOST_USD = 1_000_000

const REGION = '^[a-z]{2,}(?:-[a-z]+)+-\\d+$'
/** The prefixes of inference profiles, and Regions. */
const PLACE = `^(?:us-gov|us|eu|apac|au|jp|in|ca|global)$|${REGION}`

const KeyEntrySchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 128 }),
    key: Type.Optional(Type.String({ minLength: 1 })),
    sha256: Type.Optional(Type.String({ pattern: '^[0-9a-fA-F]{64}$' })),
    models: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
    requests_per_minute: Type.Optional(Type.Integer({ minimum: 1 })),
    tokens_per_minute: Type.Optional(Type.Integer({ minimum: 1 })),
    max_concurrent: Type.Optional(Type.Integer({ minimum: 1 })),
    budget_usd: Type.Optional(
      Type.Object(
        {
          day: Type.Optional(Type.Number({ minimum: 0, maximum: MOST_USD })),
          week: Type.Optional(Type.Number({ minimum: 0, maximum: MOST_USD })),
          month: Type.Optional(Type.Number({ minimum: 0, maximum: MOST_USD }))
        },
        STRICT
      )
    ),
    regions: Type.Optional(Type.Array(Type.String({ pattern: REGION }), { minItems: 1 })),
    residency: Type.Optional(Type.Array(Type.String({ pattern: PLACE }), { minItems: 1 })),
    admin: Type.Optional(Type.Boolean()),
    right_size: Type.Optional(Type.Union([Type.Literal('off'), Type.Literal('unset'), Type.Literal('all')])),
    expires: Type.Optional(Type.String()),
    metadata: Type.Optional(Type.Record(Type.String(), Type.String()))
  },
  STRICT
)
const KeySetSchema = Type.Object({ keys: Type.Array(KeyEntrySchema, { minItems: 1 }) }, STRICT)

/** One key, without the key itself: only its digest is kept. */
export interface ApiKey {
  /** For logs, metrics and Bedrock's request metadata. */
  readonly name: string
  /** SHA-256 of the key, as the characters of its hex. */
  readonly digest: Buffer
  /** Globs of the models this key may call; absent: all, empty: none. */
  readonly models?: readonly string[]
  /** The Regions it may be called in, and the geographies and Regions its words may be processed in; absent: anywhere. */
  readonly residency?: { readonly regions?: readonly string[]; readonly within?: readonly string[] }
  /** May see what the gateway has done for all keys. */
  readonly isAdmin?: true
  readonly requestsPerMinute?: number
  readonly tokensPerMinute?: number
  readonly maxConcurrent?: number
  /** What it may spend by period, US dollars; absent: as the operator's setting says for all. */
  readonly budgetUsd?: { readonly day?: number; readonly week?: number; readonly month?: number }
  /** Which limits of answers are made to fit: those that the caller does not set, or also those it sets; absent: as the operator's setting says. */
  readonly rightSize?: 'off' | 'unset' | 'all'
  /** Milliseconds since the epoch; the key is refused from then on. */
  readonly expiresAt?: number
  readonly metadata?: Readonly<Record<string, string>>
}

/** Keys by their digests in hex. */
export type KeySet = ReadonlyMap<string, ApiKey>

export const NO_KEYS: KeySet = new Map()

/**
 * Reads what a key source holds: a bare key, `{"api_key":"..."}`, or a key set `{"keys":[...]}`.
 * White space around a bare key is dropped, since a trailing newline is the commonest mistake.
 * Throws an Error that names the source and the fault, never the content.
 */
export function parseKeySet(text: string, source: string): KeySet {
  const trimmed = text.trim()
  if (trimmed === '') throw new Error(`${source} is empty: it must hold an API key`)
  if (!trimmed.startsWith('{')) return setOfOne(trimmed)
  const parsed = parseObject(trimmed, source)
  if ('keys' in parsed) return keysOf(parsed, source)
  refuseRestrictions(parsed, source)
  const single = parsed.api_key ?? parsed.API_KEY ?? parsed.apiKey
  if (typeof single !== 'string' || single.trim() === '') {
    throw new Error(`${source} is JSON without a string field "api_key" and without a list "keys"`)
  }
  return setOfOne(single.trim())
}

function setOfOne(key: string): KeySet {
  const made = digest(key)
  return new Map([[made.toString('latin1'), { name: 'default', digest: made }]])
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
  if (!Value.Check(KeySetSchema, parsed)) throw new Error(`${source}: the key set is wrong: ${faultsOf(parsed).join('; ')}`)
  const keys = parsed.keys.map((entry, index) => toApiKey(entry, `${source}: keys[${index}]`))
  const names = new Set<string>()
  const set = new Map<string, ApiKey>()
  for (const key of keys) {
    if (names.has(key.name)) throw new Error(`${source}: the key name "${key.name}" is used twice`)
    names.add(key.name)
    const hex = key.digest.toString('latin1')
    const other = set.get(hex)
    if (other !== undefined)
      throw new Error(`${source}: "${other.name}" and "${key.name}" are the same key; each name needs one of its own`)
    set.set(hex, key)
  }
  return set
}

const MOST_FAULTS = 10

/** What is wrong with a key set, each by its place; a member nobody knows with the one that was probably meant. */
function faultsOf(parsed: unknown): readonly string[] {
  const faults = new Map<string, string>()
  for (const { path, message, type } of Value.Errors(KeySetSchema, parsed)) {
    if (faults.size === MOST_FAULTS) break
    if (!faults.has(path)) faults.set(path, type === ValueErrorType.ObjectAdditionalProperties ? unknownMember(path) : message)
  }
  return [...faults].map(([path, message]) => `${path || '/'}: ${message}`)
}

function unknownMember(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const meant = nearName(name, [...ENTRY_FIELDS, ...BUDGET_FIELDS, 'keys'])
  return `no such member is known${meant === undefined ? '' : `; is "${meant}" meant?`}`
}

const BUDGET_FIELDS = ['day', 'week', 'month']
const ENTRY_FIELDS = Object.keys(KeyEntrySchema.properties)
/** What a set of one key has no room for. */
const RESTRICTIONS = ENTRY_FIELDS.filter(
  (field) => field !== 'name' && field !== 'key' && field !== 'sha256' && field !== 'metadata'
)

/** A bare key has no restrictions; one that is written beside it, rightly spelt or nearly, would be none. */
function refuseRestrictions(parsed: Readonly<Record<string, unknown>>, source: string): void {
  const written = Object.keys(parsed).find((name) => nearName(name, RESTRICTIONS) !== undefined)
  if (written !== undefined)
    throw new Error(`${source} has "${written}" beside a bare key, which has no restrictions: write a key set, {"keys":[...]}`)
}

function toApiKey(entry: Static<typeof KeyEntrySchema>, where: string): ApiKey {
  if ((entry.key === undefined) === (entry.sha256 === undefined))
    throw new Error(`${where} needs exactly one of "key" and "sha256"`)
  if (entry.residency?.every((place) => place === 'global'))
    throw new Error(`${where}.residency names no place to be called in: put a geography or a Region beside "global"`)
  const expiresAt = entry.expires === undefined ? undefined : dateOf(entry.expires)
  if (Number.isNaN(expiresAt)) throw new Error(`${where}.expires is not a date such as 2027-01-31 or 2027-01-31T12:00:00Z`)
  return {
    name: entry.name,
    digest: entry.key === undefined ? Buffer.from(entry.sha256?.toLowerCase() ?? '', 'latin1') : digest(entry.key.trim()),
    ...(entry.models && { models: entry.models }),
    ...(entry.requests_per_minute !== undefined && { requestsPerMinute: entry.requests_per_minute }),
    ...(entry.tokens_per_minute !== undefined && { tokensPerMinute: entry.tokens_per_minute }),
    ...(entry.max_concurrent !== undefined && { maxConcurrent: entry.max_concurrent }),
    ...(entry.budget_usd && { budgetUsd: entry.budget_usd }),
    ...residencyOf(entry),
    ...(entry.admin === true && { isAdmin: true }),
    ...(entry.right_size !== undefined && { rightSize: entry.right_size }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(entry.metadata && { metadata: entry.metadata })
  }
}

function residencyOf({ regions, residency: within }: Static<typeof KeyEntrySchema>): Pick<ApiKey, 'residency'> {
  if (regions === undefined && within === undefined) return {}
  return { residency: { ...(regions && { regions }), ...(within && { within }) } }
}

const ISO_DATE = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/

/** Milliseconds since the epoch; a day alone begins at midnight UTC. NaN for what is no date, such as the 30th of February. */
function dateOf(text: string): number {
  const day = ISO_DATE.exec(text)?.[1]
  if (day === undefined) return Number.NaN
  const isDay = !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day)
  return isDay ? Date.parse(text) : Number.NaN
}

/** SHA-256 of a key, in hex. */
function digest(key: string): Buffer {
  return Buffer.from(hash('sha256', key, 'hex'), 'latin1')
}

/** Makes what tells whether one key is presented, compared as those of a set are; undefined: none ever is. */
export function keyMatcher(key: string | undefined): (presented: string) => boolean {
  if (key === undefined) return () => false
  const own = digest(key)
  return (presented) => timingSafeEqual(own, digest(presented))
}

/**
 * Finds the key that was presented, or undefined. It is looked for by its digest, of which nobody can choose a part, and compared in
 * constant time. Expired keys never match. `now` in milliseconds since the epoch.
 */
export function findKey(set: KeySet, presented: string, now: number): ApiKey | undefined {
  const wanted = hash('sha256', presented, 'hex') // as a string: a Buffer from this call costs three times as much
  const found = set.get(wanted)
  return found === undefined || !timingSafeEqual(found.digest, Buffer.from(wanted, 'latin1')) || isExpired(found, now)
    ? undefined
    : found
}

/** Whether a key has ended; `now` in milliseconds since the epoch. */
function isExpired({ expiresAt }: ApiKey, now: number): boolean {
  return expiresAt !== undefined && expiresAt <= now
}
