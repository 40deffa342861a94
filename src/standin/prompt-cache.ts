import { createHash } from 'node:crypto'
import type { CatalogModel } from './catalog.ts'
import { type ConverseRequest, turnsOf } from './converse-request.ts'
import type { Place } from './place.ts'
import { countValue } from './tokens.ts'

/** What the cache has to do with one call. Tokens. */
export interface Cached {
  /** All of the prompt. */
  readonly all: number
  readonly read: number
  readonly write: number
  /** The writes by the time for which they are kept. */
  readonly details: readonly { readonly ttl: string; readonly inputTokens: number }[]
  /** The answer has begun: what the call writes can be read from now on. */
  begun(): void
}

/** A call that looks into the cache. */
export interface CacheCall {
  readonly request: ConverseRequest
  readonly model: CatalogModel
  readonly place: Place
  /** The whole prompt may be read and is written without any point: Nova, at times. */
  readonly isImplicit: boolean
}

interface Entry {
  until: number
  readonly ttlMs: number
}

interface Point {
  /** Blocks before it. */
  readonly at: number
  readonly ttl: '5m' | '1h'
}

/** Blocks before a point where an entry is still found. */
const LOOK_BACK = 19
/** Nova caches no more. Tokens. */
const MOST_OF_NOVA = 20_000
const TTL_MS = { '5m': 300_000, '1h': 3_600_000 } as const

/**
 * The prompt cache of all accounts, as Anthropic's page of 2026-08-22 and AWS's of 2026-10 tell of it: entries are written at points, found up
 * to 19 blocks before a point, kept anew by every hit, and of one account, computing Region and model. Thinking, effort and tool choice part
 * the entries of messages, and the bytes of a block are what it is, in the order in which they came.
 */
export class PromptCache {
  private readonly now: () => number
  private readonly entries = new Map<string, Entry>()

  constructor(now: () => number) {
    this.now = now
  }

  /** Everything that is kept is gone, as the service may do at any time. */
  drop(): void {
    this.entries.clear()
  }

  /** What a call reads and would write; a hit is kept anew. */
  look(call: CacheCall): Cached {
    const { model, isImplicit } = call
    const { keys, tokens, points } = layout(call)
    const all = Math.max(1, tokens.at(-1) ?? 0)
    const most = model.family === 'nova' ? MOST_OF_NOVA : Number.POSITIVE_INFINITY
    const least = model.cacheMinimum ?? Number.POSITIVE_INFINITY
    const upTo = (at: number) => Math.min(most, tokens[at] ?? 0)
    const marked = points.filter(({ at }) => (tokens[at] ?? 0) >= least)
    const whole = isImplicit && points.length === 0 && all >= least ? [{ at: keys.length - 1, ttl: '5m' as const }] : []
    const hit = this.find(keys, [...marked, ...whole], whole.length > 0 ? keys.length : LOOK_BACK)
    const read = upTo(hit)
    const details: { ttl: string; inputTokens: number }[] = []
    let before = read
    for (const { at, ttl } of marked) {
      const inputTokens = upTo(at) - before
      if (inputTokens <= 0) continue
      details.push({ ttl, inputTokens })
      before += inputTokens
    }
    const begun = () => {
      for (const { at, ttl } of [...marked, ...whole]) this.keep(keys[at] ?? '', TTL_MS[ttl])
    }
    return { all, read, write: before - read, details: merged(details), begun }
  }

  /** Blocks of the longest prefix that is kept and can be found from a point. */
  private find(keys: readonly string[], points: readonly Point[], lookBack: number): number {
    for (const { at } of points.toReversed())
      for (let back = 0; back <= lookBack && at - back > 0; back++) {
        const entry = this.entries.get(keys[at - back] ?? '')
        if (entry === undefined || entry.until <= this.now()) continue
        entry.until = this.now() + entry.ttlMs
        return at - back
      }
    return 0
  }

  private keep(key: string, ttlMs: number): void {
    const known = this.entries.get(key)
    const longest = known !== undefined && known.until > this.now() ? Math.max(known.ttlMs, ttlMs) : ttlMs
    this.entries.set(key, { until: this.now() + longest, ttlMs: longest })
  }
}

/** The prefixes of a prompt, tools first, then system, then messages; each by how many blocks it has. */
function layout({ request, model, place }: CacheCall) {
  const hash = createHash('sha256').update(`${place.account} ${place.region} ${model.id}`)
  const settings = JSON.stringify(settingsOf(request))
  const keys = [hash.copy().digest('hex')]
  const tokens = [0]
  const points: Point[] = []
  const messages = turnsOf(request).flatMap(({ content }) => content)
  const items = [...(request.toolConfig?.tools ?? []), ...(request.system ?? []), ...messages]
  const first = items.length - messages.length
  for (const [index, item] of items.entries()) {
    if (item.cachePoint !== undefined) {
      points.push({ at: keys.length - 1, ttl: item.cachePoint.ttl === '1h' ? '1h' : '5m' })
      continue
    }
    hash.update(JSON.stringify(item))
    keys.push(`${hash.copy().digest('hex')}${index < first ? '' : settings}`)
    tokens.push((tokens.at(-1) ?? 0) + countValue(item))
  }
  return { keys, tokens, points }
}

function settingsOf({ additionalModelRequestFields, outputConfig, toolConfig }: ConverseRequest): readonly unknown[] {
  const { thinking, reasoningConfig, output_config } = additionalModelRequestFields ?? {}
  return [thinking, reasoningConfig, output_config, outputConfig?.effort, toolConfig?.toolChoice]
}

function merged(details: Cached['details']): Cached['details'] {
  const ttls = [...new Set(details.map(({ ttl }) => ttl))]
  return ttls.map((ttl) => ({
    ttl,
    inputTokens: details.filter((one) => one.ttl === ttl).reduce((sum, { inputTokens }) => sum + inputTokens, 0)
  }))
}
