import type { JsonObject } from '../../core/json.ts'
import type { CacheMark } from '../../core/turn.ts'
import { reportUnknown } from './members.ts'
import { optionalObject, optionalString, optionalWord } from './read-value.ts'
import type { Report } from './report.ts'

/** The mark of a block, a tool or the whole request. */
export function decodeCacheMark(holder: JsonObject, path: string, report: Report): CacheMark | undefined {
  // Called for each block and tool: nearly none has a mark, so nothing is built for those.
  if (holder.cache_control === undefined || holder.cache_control === null) return undefined
  const at = path === '' ? 'cache_control' : `${path}.cache_control`
  const control = optionalObject(holder.cache_control, at) ?? {}
  optionalWord(control.type, `${at}.type`, ['ephemeral'])
  reportUnknown(control, 'mark', at, report)
  if (control.scope !== undefined && control.scope !== null) report(`${at}.scope`, 'Bedrock caches within the account only')
  const ttl = optionalString(control.ttl, `${at}.ttl`)
  if (ttl === '5m' || ttl === '1h') return { ttl, path: at }
  if (ttl !== undefined) report(`${at}.ttl`, 'Bedrock caches for 5m or 1h only')
  return { path: at }
}
