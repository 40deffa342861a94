import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { Citation } from '../../core/turn.ts'

/** Reads a citation of an answer: where it points, and the words it points at. */
export function decodeCitation(citation: JsonObject): Citation {
  const { location, title, source } = citation
  const url = isJsonObject(location) && isJsonObject(location.web) ? location.web.url : undefined
  const text = citedText(citation.sourceContent)
  return {
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof url === 'string' ? { url } : {}),
    ...(typeof source === 'string' ? { source } : {}),
    ...(text === '' ? {} : { text }),
    ...(location === undefined || location === null ? {} : { location })
  }
}

function citedText(content: Json | undefined): string {
  if (!Array.isArray(content)) return ''
  return content.map((part: Json) => (isJsonObject(part) && typeof part.text === 'string' ? part.text : '')).join('')
}
