import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'

/** A cache point: behind which part it stands, as `system[0]` or `messages[2].content[1]`, and for how long its prefix is kept. */
export interface TakenPoint {
  readonly behind: string
  readonly ttl: string
}

const DEFAULT_TTL = '5m'

/** The cache points of a body of Converse, or of Claude's own. */
export function cachePointsOf(body: JsonObject): readonly TakenPoint[] {
  const found: TakenPoint[] = []
  const note = (mark: Json | undefined, behind: string) => {
    if (isJsonObject(mark)) found.push({ behind, ttl: typeof mark.ttl === 'string' ? mark.ttl : DEFAULT_TTL })
  }
  /** Points are items of their own in Converse, and do not count as places; in Claude's own body they are members of what is before them. */
  const visit = (items: Json | undefined, path: string) => {
    if (!Array.isArray(items)) return
    let place = -1
    for (const item of items) {
      if (!isJsonObject(item)) continue
      if (item.cachePoint !== undefined) note(item.cachePoint, `${path}[${Math.max(0, place)}]`)
      else {
        place++
        note(item.cache_control, `${path}[${place}]`)
        visit(isJsonObject(item.toolResult) ? item.toolResult.content : undefined, `${path}[${place}].toolResult.content`)
        visit(item.content, `${path}[${place}].content`)
      }
    }
  }
  visit(isJsonObject(body.toolConfig) ? body.toolConfig.tools : body.tools, 'tools')
  visit(body.system, 'system')
  visit(body.messages, 'messages')
  return found
}

const HOUR_MS = 3_600_000
const USUAL_MS = 300_000

/** For how long at most what a body marks is kept, or what the service keeps unasked. Milliseconds. */
export function keptMs(body: JsonObject): number {
  return cachePointsOf(body).some(({ ttl }) => ttl === '1h') ? HOUR_MS : USUAL_MS
}

/** The same of a body as its bytes stand. */
export function keptMsOfBytes(body: Uint8Array): number {
  return marksHour(body) ? HOUR_MS : USUAL_MS
}

/** Whether a body, as its bytes stand, marks anything to be kept for an hour. */
export function marksHour(body: Uint8Array): boolean {
  return /"ttl"\s*:\s*"1h"/.test(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1'))
}
