import { isJsonObject, type JsonObject } from '../../core/json.ts'

/**
 * Reads several JSON objects written one behind the other, as clients keep them that add the pieces of parallel calls to one call.
 * Undefined: the text is something else.
 */
export function splitObjects(text: string): readonly JsonObject[] | undefined {
  const objects: JsonObject[] = []
  for (let rest = text.trim(); rest !== ''; ) {
    const end = endOfObject(rest)
    const parsed = end < 0 ? undefined : parseObject(rest.slice(0, end))
    if (parsed === undefined) return undefined
    objects.push(parsed)
    rest = rest.slice(end).trimStart()
  }
  return objects.length > 1 ? objects : undefined
}

/** The place behind the brace that closes the first one; braces inside strings do not count. */
function endOfObject(text: string): number {
  if (!text.startsWith('{')) return -1
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
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
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
