import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { ChatRequest } from '../../core/request.ts'
import type { CacheMark } from '../../core/turn.ts'
import type { CachePlace } from '../../models/traits.ts'
import { type Encoding, isOmitted } from '../prepare/encode-scope.ts'
import { cachePoint } from './encode-blocks.ts'

/** The three places of cache points, in the order in which models read them. */
export interface CachedParts {
  readonly tools: readonly JsonObject[]
  readonly system: readonly JsonObject[]
  readonly messages: readonly JsonObject[]
}

const MOST_POINTS = 4

/** Adds the gateway's own points, and takes out those that the model, the place or the limits refuse. */
export function placeCachePoints(encoding: Encoding, parts: CachedParts): CachedParts {
  const wish = automatic(encoding)
  if (!(wish.system || wish.tools || wish.messages) && !hasPoints(parts)) return parts
  const isAllowed = allowedPlaces(encoding)
  const marked = addAutomatic(parts, wish)
  const before = countPoints(marked)
  const placed = {
    tools: isAllowed('tools') ? marked.tools : withoutPoints(marked.tools),
    system: isAllowed('system') ? marked.system : withoutPoints(marked.system),
    messages: isAllowed('messages') ? marked.messages : mapContent(marked.messages, withoutPoints)
  }
  const left = countPoints(placed)
  if (left < before && countPoints(parts) > 0) encoding.warn('cache_control', 'the model takes no cache point there')
  if (left > MOST_POINTS)
    encoding.warn('cache_control', `Bedrock takes at most ${MOST_POINTS} cache points; the last ones are kept`)
  return left === 0 ? placed : settle(placed, encoding, left)
}

function allowedPlaces(encoding: Encoding): (place: CachePlace) => boolean {
  const refused = isOmitted(encoding, 'cachePoint')
  return (place) => !refused && encoding.traits.cache.includes(place)
}

type Automatic = NonNullable<ChatRequest['autoCache']>

const EVERYWHERE: Automatic = { system: true, tools: true, messages: true }
const NOWHERE: Automatic = { system: false, tools: false, messages: false }

function automatic({ request, defaults }: Encoding): Automatic {
  return request.autoCache ?? (defaults.autoCache ? EVERYWHERE : NOWHERE)
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
  return last === undefined || isPoint(last) ? items : [...items, cachePoint(mark)]
}

/** Drops the earliest points above the limit, and the TTLs that the model or the order refuses. */
function settle(parts: CachedParts, encoding: Encoding, count: number): CachedParts {
  let surplus = count - MOST_POINTS
  let isLongAllowed = encoding.traits.cacheLongTtl && !isOmitted(encoding, 'cacheTtl')
  const visit = (items: readonly JsonObject[]) =>
    items.flatMap((item) => {
      if (!isPoint(item)) return [item]
      if (surplus-- > 0) return []
      const ttl = isJsonObject(item.cachePoint) ? item.cachePoint.ttl : undefined
      if (ttl === '1h' && !isLongAllowed) encoding.warn('cache_control.ttl', 'one hour is not taken here; five minutes were sent')
      // A long-lived point behind a short-lived one is refused.
      if (ttl !== '1h') isLongAllowed = false
      return [ttl === '1h' && isLongAllowed ? item : { cachePoint: { type: 'default', ...shortTtl(ttl, encoding) } }]
    })
  const tools = visit(parts.tools)
  const system = visit(parts.system)
  return { tools, system, messages: mapContent(parts.messages, visit) }
}

/** Five minutes are every model's default; only models that know TTLs are told so. */
function shortTtl(ttl: unknown, { traits }: Encoding): JsonObject {
  return ttl === '5m' && traits.cacheLongTtl ? { ttl: '5m' } : {}
}

function withoutPoints(items: readonly JsonObject[]): readonly JsonObject[] {
  return items.filter((item) => !isPoint(item))
}

function mapContent(
  messages: readonly JsonObject[],
  change: (items: readonly JsonObject[]) => readonly JsonObject[]
): readonly JsonObject[] {
  return messages.map((message) => ({ ...message, content: change(contentOf(message)) }))
}

function contentOf(message: JsonObject): readonly JsonObject[] {
  return Array.isArray(message.content) ? message.content : []
}

function countPoints({ tools, system, messages }: CachedParts): number {
  return [...tools, ...system, ...messages.flatMap(contentOf)].filter(isPoint).length
}

function hasPoints({ tools, system, messages }: CachedParts): boolean {
  return tools.some(isPoint) || system.some(isPoint) || messages.some((message) => contentOf(message).some(isPoint))
}

function isPoint(item: JsonObject): boolean {
  return item.cachePoint !== undefined
}
