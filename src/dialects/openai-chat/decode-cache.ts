import type { Json, JsonObject } from '../../core/json.ts'
import type { ChatRequest } from '../../core/request.ts'
import type { CacheMark } from '../../core/turn.ts'
import { objectAt, optionalBoolean, optionalChoice, optionalObject, optionalString } from '../openai/read-value.ts'
import { wrongType } from '../openai/refuse.ts'
import type { ChatFields } from './fields.ts'
import { type ObjectKind, reportUnknown } from './members.ts'
import type { Report } from './report.ts'

/** The cache point that a part, message or tool asks for, in Anthropic's or OpenAI's spelling. */
export function decodeCacheMark(holder: JsonObject, path: string, report: Report): CacheMark | undefined {
  // Called for each message, part and tool: nearly none has a mark, so nothing is built for those.
  if (holder.cache_control === undefined && holder.prompt_cache_breakpoint === undefined) return undefined
  const anthropic = optionalObject(holder.cache_control, `${path}.cache_control`)
  if (anthropic !== undefined) return reportedMark(anthropic, 'cacheMark', `${path}.cache_control`, report)
  const breakpoint = holder.prompt_cache_breakpoint
  if (breakpoint === undefined || breakpoint === null || breakpoint === false) return undefined
  const at = `${path}.prompt_cache_breakpoint`
  return breakpoint === true ? { path: at } : reportedMark(objectAt(breakpoint, at), 'cacheOptions', at, report)
}

function reportedMark(given: JsonObject, kind: ObjectKind, path: string, report: Report): CacheMark {
  reportUnknown(given, kind, path, report)
  return markOf(given, path, report)
}

/** What the caller wants cached without marking it; absent: the operator's default. */
export function decodeAutoCache(fields: ChatFields, report: Report): ChatRequest['autoCache'] {
  const wish = fields.get('prompt_caching')
  if (wish !== undefined) return wishedCache(wish, fields.path('prompt_caching'))
  const last = fields.get('cache_control')
  if (last !== undefined) {
    const path = fields.path('cache_control')
    return { system: false, tools: false, messages: true, mark: markOf(last, path, report), path }
  }
  const options = fields.get('prompt_cache_options')
  if (options === undefined) return undefined
  const path = fields.path('prompt_cache_options')
  const mode = optionalChoice(options.mode, `${path}.mode`, ['implicit', 'explicit'])
  if (mode === undefined) return undefined
  const on = mode === 'implicit'
  return { system: on, tools: on, messages: on, mark: markOf(options, path, report), path }
}

function wishedCache(wish: Json, path: string): ChatRequest['autoCache'] {
  if (typeof wish === 'boolean') return { system: wish, tools: wish, messages: wish, path }
  if (typeof wish !== 'object') throw wrongType(path, 'a boolean or an object', wish)
  const parts = objectAt(wish, path)
  return {
    system: optionalBoolean(parts.system, `${path}.system`) ?? false,
    tools: optionalBoolean(parts.tools, `${path}.tools`) ?? false,
    messages: optionalBoolean(parts.messages, `${path}.messages`) ?? false,
    path
  }
}

function markOf(given: JsonObject, path: string, report: Report): CacheMark {
  const ttl = optionalString(given.ttl, `${path}.ttl`)
  if (ttl === '5m' || ttl === '1h') return { ttl, path }
  if (ttl !== undefined) report(`${path}.ttl`, 'Bedrock caches for 5m or 1h only')
  return { path }
}
