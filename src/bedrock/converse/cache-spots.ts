import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { isCachePoint } from '../../core/running-hash.ts'
import type { CacheMark } from '../../core/turn.ts'
import type { CacheSpot } from '../prepare/encode-scope.ts'

/** Where the caller wrote the marks that became points: a point has no room for it on the wire. */
const PATHS = new WeakMap<JsonObject, string>()

/** A place after which the model may cache. */
export function cachePoint({ ttl, path }: CacheMark): JsonObject {
  const point = { cachePoint: { type: 'default', ...(ttl === undefined ? {} : { ttl }) } }
  if (path !== undefined) PATHS.set(point, path)
  return point
}

/** Path of the mark that a point stands for, in the caller's request; undefined: it is of the gateway's own. */
export function markPath(point: JsonObject): string | undefined {
  return PATHS.get(point)
}

/** The spots of a body that hold a cache point, each once. A message's spot is `behind` the kind of block right before the point. */
export function cacheSpots({ toolConfig, system, messages }: JsonObject): readonly CacheSpot[] {
  const spots = new Set<CacheSpot>()
  if (isJsonObject(toolConfig) && itemsOf(toolConfig.tools).some(isCachePoint)) spots.add('tools')
  if (itemsOf(system).some(isCachePoint)) spots.add('system')
  for (const message of itemsOf(messages)) {
    const content = itemsOf(message.content)
    content.forEach((item, index) => {
      if (isCachePoint(item)) spots.add(spotOf(content, index))
    })
  }
  return [...spots]
}

/** No message with a cache point holds blocks of two kinds: what is said of the point is said of that kind. */
export function standAmongOneKind({ messages }: JsonObject): boolean {
  return itemsOf(messages).every((message) => {
    const content = itemsOf(message.content)
    const others = content.filter((item) => !isCachePoint(item))
    return others.length === content.length || new Set(others.map(kindOf)).size <= 1
  })
}

/** The spot of the point at `index` of a message's content. */
export function spotOf(content: readonly JsonObject[], index: number): CacheSpot {
  let at = index - 1
  while (at >= 0 && isCachePoint(content[at]!)) at--
  return `behind ${at < 0 ? 'nothing' : kindOf(content[at]!)}`
}

/** The kind of a block on the wire: `text`, `toolResult`; of a document with its format. */
export function kindOf(item: JsonObject): string {
  const [kind = 'nothing'] = Object.keys(item)
  const { document } = item
  return isJsonObject(document) ? `document ${document.format}` : kind
}

function itemsOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter((item: Json) => isJsonObject(item)) : []
}
