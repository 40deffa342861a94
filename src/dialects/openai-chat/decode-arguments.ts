import { parseExact } from '../../core/exact-json.ts'
import { isJsonObject, type Json, type JsonObject, mayHoldHalves, mendStrings } from '../../core/json.ts'
import type { JsonRoom } from '../../core/json-room.ts'
import { wrongType } from '../openai/refuse.ts'
import type { Report } from './report.ts'
import { MOST_OBJECTS, splitObjects } from './split-objects.ts'

/** What stands for no arguments. */
const NOTHING: readonly string[] = ['', 'null']

/** Arguments as objects. What is no JSON object stays whole under one key: a cut call must not end a conversation. */
export function decodeArguments(value: Json | undefined, path: string, report: Report): readonly JsonObject[] {
  if (value === undefined || value === null) return [{}]
  if (isJsonObject(value)) return [value]
  if (isEmptyList(value)) return [{}]
  if (typeof value !== 'string') throw wrongType(path, 'a string', value)
  if (NOTHING.includes(value.trim())) return [{}]
  const objects = report.room.take(value) ? objectsOf(value, report.room) : undefined
  if (objects !== undefined) {
    if (mayHoldHalves(value)) mendStrings(objects)
    return objects
  }
  report(path, 'not one JSON object; sent to the model whole, as rawInvalidInput')
  return [{ rawInvalidInput: value }]
}

function objectsOf(text: string, room: JsonRoom): readonly JsonObject[] | undefined {
  const parsed = parseJson(text)
  if (isEmptyList(parsed)) return [{}]
  if (isJsonObject(parsed)) return [parsed]
  const several = splitObjects(text, Math.min(MOST_OBJECTS, 1 + room.further))
  if (several !== undefined) room.further -= several.length - 1
  return several
}

function parseJson(text: string): unknown {
  try {
    return parseExact(text)
  } catch {
    return undefined
  }
}

/** PHP writes an empty object as an empty list. */
export function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}
