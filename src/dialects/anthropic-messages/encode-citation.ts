import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { Citation } from '../../core/turn.ts'

type Encode = (at: JsonObject, citation: Citation) => JsonObject

const documentOf = (at: JsonObject, { text, title }: Citation) => ({
  cited_text: text ?? '',
  document_index: numberOf(at.documentIndex),
  document_title: title ?? null
})

/** Bedrock's places by their names (CitationLocation of SDK 3.1163), in Anthropic's words. */
const PLACES: ReadonlyMap<string, Encode> = new Map<string, Encode>([
  [
    'documentChar',
    (at, citation) => ({
      type: 'char_location',
      ...documentOf(at, citation),
      start_char_index: numberOf(at.start),
      end_char_index: numberOf(at.end),
      file_id: null
    })
  ],
  [
    'documentPage',
    (at, citation) => ({
      type: 'page_location',
      ...documentOf(at, citation),
      start_page_number: numberOf(at.start),
      end_page_number: numberOf(at.end),
      file_id: null
    })
  ],
  [
    'documentChunk',
    (at, citation) => ({
      type: 'content_block_location',
      ...documentOf(at, citation),
      start_block_index: numberOf(at.start),
      end_block_index: numberOf(at.end),
      file_id: null
    })
  ],
  [
    'searchResultLocation',
    (at, { text, title, source }) => ({
      type: 'search_result_location',
      cited_text: text ?? '',
      search_result_index: numberOf(at.searchResultIndex),
      source: source ?? '',
      title: title ?? null,
      start_block_index: numberOf(at.start),
      end_block_index: numberOf(at.end)
    })
  ]
])

/** A citation in Anthropic's words. One that only has an address, or no place at all, is that of a page found on the web. */
export function encodeCitation(citation: Citation): JsonObject {
  const { location, text, title, url, source } = citation
  if (isJsonObject(location)) {
    for (const [name, at] of Object.entries(location)) {
      const encode = PLACES.get(name)
      if (encode !== undefined && isJsonObject(at)) return encode(at, citation)
    }
  }
  return {
    type: 'web_search_result_location',
    cited_text: text ?? '',
    encrypted_index: '',
    title: title ?? null,
    url: url ?? source ?? ''
  }
}

function numberOf(value: Json | undefined): number {
  return typeof value === 'number' ? value : 0
}
