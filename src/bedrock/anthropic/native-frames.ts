import { isJsonObject, type Json, type JsonObject, toJson } from '../../core/json.ts'

/** One frame of ConverseStream that a piece of Claude's own answer says the same as. */
export type Take = (eventType: string, payload: JsonObject) => void

/** Says the start of a block of Claude's as Converse does, with what it already holds. */
export function takeBlockStart(contentBlockIndex: number, block: JsonObject, take: Take): void {
  const { type, text, thinking, signature, data, id, name, input, citations } = block
  const delta = (content: JsonObject) => take('contentBlockDelta', { contentBlockIndex, delta: content })
  // A block begins where its start stands, though nothing of it comes for a while: those that are written in turn keep their order.
  const begin = () => take('contentBlockStart', { contentBlockIndex, start: {} })
  switch (type) {
    case 'text':
      begin()
      if (typeof text === 'string' && text !== '') delta({ text })
      if (Array.isArray(citations))
        for (const citation of citations) if (isJsonObject(citation)) delta({ citation: wireCitation(citation) })
      return
    case 'thinking':
      begin()
      if (typeof thinking === 'string' && thinking !== '') delta({ reasoningContent: { text: thinking } })
      if (typeof signature === 'string' && signature !== '') delta({ reasoningContent: { signature } })
      return
    case 'redacted_thinking':
      begin()
      if (typeof data === 'string') delta({ reasoningContent: { redactedContent: data } })
      return
    case 'tool_use':
      take('contentBlockStart', { contentBlockIndex, start: { toolUse: { toolUseId: id ?? '', name: name ?? '' } } })
      if (isJsonObject(input) && Object.keys(input).length > 0) delta({ toolUse: { input: toJson(input) } })
      return
    default:
      // What ran at the provider, and kinds nobody knows: a block, though none that a caller could take.
      take('contentBlockStart', { contentBlockIndex, start: { [typeof type === 'string' ? type : 'unknown']: {} } })
  }
}

/** Says a delta of Claude's as Converse does; undefined for kinds nobody knows. */
export function wireDelta({ type, text, thinking, signature, partial_json, citation }: JsonObject): JsonObject | undefined {
  if (type === 'text_delta' && typeof text === 'string') return { text }
  if (type === 'thinking_delta' && typeof thinking === 'string') return { reasoningContent: { text: thinking } }
  if (type === 'signature_delta' && typeof signature === 'string') return { reasoningContent: { signature } }
  if (type === 'input_json_delta' && typeof partial_json === 'string') return { toolUse: { input: partial_json } }
  if (type === 'citations_delta' && isJsonObject(citation)) return { citation: wireCitation(citation) }
  return undefined
}

/** Claude's name of a place in a source, Converse's, and the members of each in the same order. */
const LOCATIONS: Readonly<Record<string, { readonly wire: string; readonly members: readonly (readonly [string, string])[] }>> = {
  char_location: location('documentChar', 'char_index', 'documentIndex', 'document_index'),
  page_location: location('documentPage', 'page_number', 'documentIndex', 'document_index'),
  content_block_location: location('documentChunk', 'block_index', 'documentIndex', 'document_index'),
  search_result_location: location('searchResultLocation', 'block_index', 'searchResultIndex', 'search_result_index')
}

function location(wire: string, unit: string, index: string, nativeIndex: string) {
  return {
    wire,
    members: [
      [index, nativeIndex],
      ['end', `end_${unit}`],
      ['start', `start_${unit}`]
    ] as const
  }
}

function wireCitation(citation: JsonObject): JsonObject {
  const { type, cited_text, document_title, title, source, url } = citation
  const about = document_title ?? title
  return {
    ...(typeof about === 'string' ? { title: about } : {}),
    ...(typeof source === 'string' ? { source } : {}),
    ...(typeof cited_text === 'string' && cited_text !== '' ? { sourceContent: [{ text: cited_text }] } : {}),
    ...wireLocation(typeof type === 'string' ? type : '', citation, url)
  }
}

function wireLocation(type: string, citation: JsonObject, url: Json | undefined): JsonObject {
  if (typeof url === 'string') return { location: { web: { url } } }
  const known = Object.hasOwn(LOCATIONS, type) ? LOCATIONS[type] : undefined
  if (known === undefined) return {}
  const members = known.members.flatMap(([wire, native]) => {
    const value = citation[native]
    return value === undefined || value === null ? [] : [[wire, value] as const]
  })
  return { location: { [known.wire]: Object.fromEntries(members) } }
}
