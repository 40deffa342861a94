import { parseExact } from '../../core/exact-json.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'

/** No model makes more calls at once. */
export const MOST_OBJECTS = 128

/**
 * Reads several JSON objects written one behind the other, as clients keep them that add the pieces of parallel calls to one call.
 * Undefined: the text is something else, or holds more than `most` of them.
 */
export function splitObjects(text: string, most: number): readonly JsonObject[] | undefined {
  const objects: JsonObject[] = []
  for (let at = behindBlanks(text, 0); at < text.length; ) {
    const end = endOfObject(text, at)
    const parsed = end < 0 ? undefined : parseObject(text.slice(at, end))
    if (parsed === undefined || objects.length === most) return undefined
    objects.push(parsed)
    at = behindBlanks(text, end)
  }
  return objects.length > 1 ? objects : undefined
}

const BLANKS = /\s*/y

function behindBlanks(text: string, at: number): number {
  BLANKS.lastIndex = at
  BLANKS.test(text)
  return BLANKS.lastIndex
}

/** The place behind the brace that closes the one at `start`; braces inside strings do not count. */
function endOfObject(text: string, start: number): number {
  if (text[start] !== '{') return -1
  let depth = 0
  let inString = false
  for (let at = start; at < text.length; at++) {
    const char = text[at]
    if (inString && char === '\\') at++
    else if (char === '"') inString = !inString
    else if (inString) continue
    else if (char === '{') depth++
    else if (char === '}' && --depth === 0) return at + 1
  }
  return -1
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = parseExact(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
