import { CHARACTERS_PER_TOKEN } from '../../core/guess-prompt.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { ChatRequest } from '../../core/request.ts'
import { isCachePoint } from '../../core/running-hash.ts'
import type { CacheMark } from '../../core/turn.ts'
import type { CachePlace } from '../../models/traits.ts'
import type { CacheTtl, PromptPlaces, TurnPrefix } from '../../state/cache-ledger.ts'
import { LEAST_TEXT } from '../prepare/arrange-blocks.ts'
import { type EncodeScope, isOmitted, warnMark } from '../prepare/encode-scope.ts'
import { PromptDigest } from '../prepare/prompt-digest.ts'
import { cachePoint, kindOf, markPath, spotOf } from './cache-spots.ts'

/** The three places of cache points, in the order in which models read them. */
export interface CachedParts {
  readonly tools: readonly JsonObject[]
  readonly system: readonly JsonObject[]
  readonly messages: readonly JsonObject[]
}

/** The parts as they are sent. */
export interface PlacedParts extends CachedParts {
  readonly hasPoints: boolean
  /** What has read them, where they had to be read for it. */
  readonly digest?: PromptDigest
  /** The model keeps nothing that is so short. */
  readonly isShort?: true
}

const MOST_POINTS = 4

/** Adds the points of a wish, and moves or takes out those that the model, the place or the limits refuse. */
export function placeCachePoints(encoding: EncodeScope, parts: CachedParts): PlacedParts {
  const wish = automatic(encoding)
  if (isPlanned(encoding, parts)) {
    if (!isNearMinimum(parts, encoding)) return { ...parts, hasPoints: false, isShort: true }
    return seatedPlan(parts, encoding)
  }
  if (!wishesAny(wish) && !hasPoints(parts)) return { ...parts, hasPoints: false }
  const marked = addAutomatic(parts, wish)
  const placed = seated(marked, encoding)
  const kept = withinLimit(placed)
  reportLost(encoding, { parts, marked, placed, kept })
  return settled(kept, encoding)
}

/** With no longer lives than the model and the order take. */
function settled(kept: CachedParts, encoding: EncodeScope): PlacedParts {
  const hasOne = hasPoints(kept)
  return { ...(hasOne ? settle(kept, encoding) : kept), hasPoints: hasOne }
}

/** Whether the gateway sets points by what it has seen: neither the caller nor the operator has said where. */
function isPlanned({ planCache, request, defaults, traits }: EncodeScope, parts: CachedParts): boolean {
  return (
    planCache !== undefined &&
    request.autoCache === undefined &&
    !defaults.autoCache &&
    traits.cacheMinimum > 0 &&
    !hasPoints(parts)
  )
}

/** Of a short prompt nothing is kept, and none of what a plan costs is spent; from half of the minimum on it is observed, since it may grow. */
function isNearMinimum({ tools, system, messages }: CachedParts, { traits: { cacheMinimum } }: EncodeScope): boolean {
  if (tools.length > 0) return true
  let missing = (cacheMinimum / 2) * CHARACTERS_PER_TOKEN - lengthOf(system)
  for (let index = 0; index < messages.length && missing > 0; index++) missing -= lengthOf(contentOf(messages[index]!))
  return missing <= 0
}

/** Characters; media may be of any length. */
function lengthOf(items: readonly JsonObject[]): number {
  let length = 0
  for (const { text } of items) length += typeof text === 'string' ? text.length : Number.POSITIVE_INFINITY
  return length
}

function seatedPlan(parts: CachedParts, encoding: EncodeScope): PlacedParts {
  const digest = new PromptDigest(encoding.target.id)
  const plan = encoding.planCache?.(encoding.target.id, placesOf(parts, encoding, digest))
  if (plan === undefined || (plan.head === undefined && plan.turns.length === 0)) return { ...parts, hasPoints: false, digest }
  const { head, turns, turnTtl } = plan
  const inSystem = parts.system.length > 0
  const placed = settled(
    seated(
      {
        tools: head === undefined || inSystem ? parts.tools : withLast(parts.tools, { ttl: head }),
        system: head === undefined ? parts.system : withLast(parts.system, { ttl: head }),
        messages: turns.map((index) => withPoint(parts.messages[index]!, turnTtl))
      },
      encoding
    ),
    encoding
  )
  const messages = [...parts.messages]
  turns.forEach((index, at) => {
    messages[index] = placed.messages[at]!
  })
  return { tools: placed.tools, system: placed.system, messages, hasPoints: placed.hasPoints, digest }
}

function withPoint(message: JsonObject, ttl: CacheTtl): JsonObject {
  return { ...message, content: withLast(contentOf(message), { ttl }) }
}

/** Each prefix is told by a hash of the model and of itself. */
function placesOf({ tools, system, messages }: CachedParts, { traits }: EncodeScope, digest: PromptDigest): PromptPlaces {
  digest.addHead('tools', tools)
  digest.addHead('system', system)
  const head = digest.prefix
  let blocks = 0
  const turns: TurnPrefix[] = []
  messages.forEach((message, index) => {
    digest.addTurn(index, message)
    blocks += contentOf(message).length
    if (message.role !== 'user') return
    const { hash, tokens } = digest.prefix
    turns.push({ hash, tokens, index, blocks })
  })
  return { head, turns, hasLongTtl: traits.cacheLongTtl, minimum: traits.cacheMinimum }
}

/** The stages that a request's points have gone through. */
interface Stages {
  /** With the caller's marks alone. */
  readonly parts: CachedParts
  /** With those of a wish too. */
  readonly marked: CachedParts
  /** With those that have a seat. */
  readonly placed: CachedParts
  /** With as many as one request may have. */
  readonly kept: CachedParts
}

const NO_SEAT = 'the model takes no cache point there'
const TOO_MANY = `Bedrock takes at most ${MOST_POINTS} cache points; the last ones are kept`

/** A mark that has lost its point is told as the caller wrote it; a wish for points of the gateway's own when none of them is left. */
function reportLost(encoding: EncodeScope, { parts, marked, placed, kept }: Stages): void {
  const own = new Set(pointsOf(parts))
  const seats = new Set(pointsOf(placed))
  const left = new Set(pointsOf(kept))
  for (const point of own) {
    if (!left.has(point)) warnMark(encoding, { path: markPath(point) }, seats.has(point) ? TOO_MANY : NO_SEAT)
  }
  const { path } = encoding.request.autoCache ?? {}
  const wished = pointsOf(marked).filter((point) => !own.has(point))
  // Where a mark stands in its place already, a wish shares that mark's lot.
  const isLost = wished.length > 0 ? !wished.some((point) => left.has(point)) : own.size > 0 && left.size === 0
  if (path !== undefined && isLost && wishesAny(automatic(encoding))) encoding.warn('cache', NO_SEAT)
}

/** The parts with points only where the model takes them. */
function seated(parts: CachedParts, encoding: EncodeScope): CachedParts {
  const isAllowed = (place: CachePlace) => encoding.traits.cache.includes(place)
  const hasSeat = (place: 'tools' | 'system') => isAllowed(place) && !isOmitted(encoding, `cachePoint.${place}`)
  return {
    tools: hasSeat('tools') ? parts.tools : withoutPoints(parts.tools),
    system: hasSeat('system') ? parts.system : withoutPoints(parts.system),
    messages: mapContent(parts.messages, (items) => (isAllowed('messages') ? seatPoints(items, encoding) : withoutPoints(items)))
  }
}

/**
 * A point right behind a block that takes none moves before it, and before its like: what is cached then ends earlier.
 * Without another block before it in the message it is left out, and so it is where only a word of the gateway's own stands there.
 */
function seatPoints(items: readonly JsonObject[], encoding: EncodeScope): readonly JsonObject[] {
  if (!items.some(isCachePoint)) return items
  const seats: JsonObject[] = []
  /** How many blocks at the end of the seats take no point behind them. */
  let refused = 0
  items.forEach((item, index) => {
    if (!isCachePoint(item)) {
      seats.push(item)
      refused = encoding.traits.noCacheBehind.includes(kindOf(item)) ? refused + 1 : 0
    } else if (!isOmitted(encoding, `cachePoint.${spotOf(items, index)}`)) {
      const at = seats.length - refused
      const before = seats[at - 1]
      if (refused === 0) seats.push(item)
      else if (before !== undefined && !isCachePoint(before) && !(at === 1 && before.text === LEAST_TEXT))
        seats.splice(at, 0, item)
    }
  })
  return seats
}

type Automatic = NonNullable<ChatRequest['autoCache']>

const EVERYWHERE: Automatic = { system: true, tools: true, messages: true }
const NOWHERE: Automatic = { system: false, tools: false, messages: false }

function automatic({ request, defaults }: EncodeScope): Automatic {
  return request.autoCache ?? (defaults.autoCache ? EVERYWHERE : NOWHERE)
}

function wishesAny({ system, tools, messages }: Automatic): boolean {
  return system || tools || messages
}

function addAutomatic(parts: CachedParts, wish: Automatic): CachedParts {
  const mark = wish.mark ?? {}
  const lastUser = parts.messages.findLastIndex((message) => message.role === 'user')
  return {
    tools: wish.tools ? withLast(parts.tools, mark) : parts.tools,
    system: wish.system ? withLast(parts.system, mark) : parts.system,
    messages: parts.messages.map((message, index) =>
      wish.messages && index === lastUser ? { ...message, content: withLast(contentOf(message), mark) } : message
    )
  }
}

function withLast(items: readonly JsonObject[], mark: CacheMark): readonly JsonObject[] {
  const last = items[items.length - 1]
  return last === undefined || isCachePoint(last) ? items : [...items, cachePoint(mark)]
}

/** Without the earliest points above the limit. */
function withinLimit(parts: CachedParts): CachedParts {
  const all = pointsOf(parts)
  if (all.length <= MOST_POINTS) return parts
  const surplus = new Set(all.slice(0, -MOST_POINTS))
  return mapPoints(parts, (point) => (surplus.has(point) ? [] : [point]))
}

/** Takes off the TTLs that the model or the order refuses. */
function settle(parts: CachedParts, encoding: EncodeScope): CachedParts {
  let isLongAllowed = encoding.traits.cacheLongTtl && !isOmitted(encoding, 'cacheTtl')
  return mapPoints(parts, (point) => {
    const ttl = isJsonObject(point.cachePoint) ? point.cachePoint.ttl : undefined
    if (ttl === '1h' && !isLongAllowed) reportTtl(encoding, markPath(point))
    // A long-lived point behind a short-lived one is refused.
    if (ttl !== '1h') isLongAllowed = false
    return [ttl === '1h' && isLongAllowed ? point : { cachePoint: { type: 'default', ...shortTtl(ttl, encoding) } }]
  })
}

function reportTtl({ warn, warnAt }: EncodeScope, path: string | undefined): void {
  const reason = 'one hour is not taken here; five minutes were sent'
  if (path === undefined) warn('cache.ttl', reason)
  else warnAt(`${path}.ttl`, reason)
}

/** Changes each point, in the order in which models read them, those inside tool results too. */
function mapPoints({ tools, system, messages }: CachedParts, change: (point: JsonObject) => readonly JsonObject[]): CachedParts {
  const visit = (items: readonly JsonObject[]): readonly JsonObject[] =>
    items.some(holdsPoint) ? items.flatMap((item) => (isCachePoint(item) ? change(item) : [withInner(item, visit)])) : items
  return { tools: visit(tools), system: visit(system), messages: mapContent(messages, visit) }
}

/** Five minutes are every model's default; only models that know TTLs are told so. */
function shortTtl(ttl: unknown, { traits }: EncodeScope): JsonObject {
  return ttl === '5m' && traits.cacheLongTtl ? { ttl: '5m' } : {}
}

function withoutPoints(items: readonly JsonObject[]): readonly JsonObject[] {
  if (!items.some(holdsPoint)) return items
  return items.filter((item) => !isCachePoint(item)).map((item) => withInner(item, withoutPoints))
}

/** Points inside a tool result, which only Claude's own body has a place for. */
function innerOf({ toolResult }: JsonObject): readonly JsonObject[] {
  return isJsonObject(toolResult) ? contentOf(toolResult) : NONE
}

const NONE: readonly JsonObject[] = []

function withInner(item: JsonObject, change: (items: readonly JsonObject[]) => readonly JsonObject[]): JsonObject {
  const inner = innerOf(item)
  return isJsonObject(item.toolResult) && inner.some(isCachePoint)
    ? { ...item, toolResult: { ...item.toolResult, content: change(inner) } }
    : item
}

function mapContent(
  messages: readonly JsonObject[],
  change: (items: readonly JsonObject[]) => readonly JsonObject[]
): readonly JsonObject[] {
  return messages.map((message) => {
    const content = contentOf(message)
    const changed = change(content)
    return changed === content ? message : { ...message, content: changed }
  })
}

function contentOf(message: JsonObject): readonly JsonObject[] {
  return Array.isArray(message.content) ? message.content : NONE
}

/** All points, in the order in which models read them. */
function pointsOf({ tools, system, messages }: CachedParts): readonly JsonObject[] {
  const points: JsonObject[] = []
  const look = (items: readonly JsonObject[]) => {
    for (const item of items) {
      look(innerOf(item))
      if (isCachePoint(item)) points.push(item)
    }
  }
  look(tools)
  look(system)
  for (const message of messages) look(contentOf(message))
  return points
}

function hasPoints({ tools, system, messages }: CachedParts): boolean {
  return tools.some(isCachePoint) || system.some(isCachePoint) || messages.some((message) => contentOf(message).some(holdsPoint))
}

/** A point, or a tool result with one in it. */
function holdsPoint(item: JsonObject): boolean {
  return isCachePoint(item) || innerOf(item).some(isCachePoint)
}
