import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'

/**
 * Says blocks of a Converse message in Claude's own words. A cache point becomes the mark of the block that it stands behind.
 * Claude's Messages API of version `bedrock-2023-05-31`, types of `@anthropic-ai/sdk` 1.14.
 */
export function renderBlocks(blocks: readonly JsonObject[]): readonly JsonObject[] {
  return withMarks(blocks, renderBlock)
}

/** Maps the entries of a list that may hold cache points, each point onto the entry before it. */
export function withMarks(entries: readonly JsonObject[], render: (entry: JsonObject) => JsonObject): readonly JsonObject[] {
  const rendered: JsonObject[] = []
  for (const entry of entries) {
    const last = rendered[rendered.length - 1]
    if (!isJsonObject(entry.cachePoint)) rendered.push(render(entry))
    else if (last !== undefined) rendered[rendered.length - 1] = { ...last, cache_control: mark(entry.cachePoint) }
  }
  return rendered
}

function mark({ ttl }: JsonObject): JsonObject {
  return ttl === undefined ? { type: 'ephemeral' } : { type: 'ephemeral', ttl }
}

function renderBlock(block: JsonObject): JsonObject {
  const { text, systemText, image, document, searchResult, toolUse, toolResult, reasoningContent } = block
  const said = text ?? systemText
  if (typeof said === 'string') return { type: 'text', text: said }
  if (isJsonObject(image)) return { type: 'image', source: base64(`image/${image.format}`, image.source) }
  if (isJsonObject(document)) return renderDocument(document)
  if (isJsonObject(searchResult)) return renderSearchResult(searchResult)
  if (isJsonObject(toolUse))
    return { type: 'tool_use', id: toolUse.toolUseId ?? '', name: toolUse.name ?? '', input: toolUse.input ?? {} }
  if (isJsonObject(toolResult)) return renderResult(toolResult)
  if (isJsonObject(reasoningContent)) return renderReasoning(reasoningContent)
  throw new TypeError(`Claude's body has no block for ${Object.keys(block)}`)
}

/** A PDF as its bytes; every other file that gets here is text, and Claude's body takes text by itself. */
function renderDocument({ format, name, source, context, citations }: JsonObject): JsonObject {
  const wished: JsonObject = {
    ...(name === undefined ? {} : { title: name }),
    ...(context === undefined ? {} : { context }),
    ...(citations === undefined ? {} : { citations })
  }
  if (format === 'pdf') return { type: 'document', source: base64('application/pdf', source), ...wished }
  return { type: 'document', source: { type: 'text', media_type: 'text/plain', data: textOf(source) }, ...wished }
}

function renderSearchResult({ content, ...about }: JsonObject): JsonObject {
  const texts = Array.isArray(content) ? content.filter((part: Json) => isJsonObject(part)) : []
  return { type: 'search_result', ...about, content: texts.map((part) => ({ type: 'text', ...part })) }
}

function textOf(source: Json | undefined): string {
  if (!isJsonObject(source)) return ''
  if (typeof source.text === 'string') return source.text
  return typeof source.bytes === 'string' ? Buffer.from(source.bytes, 'base64').toString('utf8') : ''
}

function base64(mediaType: string, source: Json | undefined): JsonObject {
  const data = isJsonObject(source) ? source.bytes : undefined
  return { type: 'base64', media_type: mediaType, data: data ?? '' }
}

function renderResult({ toolUseId, content, status }: JsonObject): JsonObject {
  const parts = Array.isArray(content) ? content.filter((part: Json) => isJsonObject(part)) : []
  return {
    type: 'tool_result',
    tool_use_id: toolUseId ?? '',
    content: renderBlocks(parts),
    ...(status === 'error' ? { is_error: true } : {})
  }
}

/** A signature is a proof over the very bytes: both go as they came. */
function renderReasoning({ reasoningText, redactedContent }: JsonObject): JsonObject {
  if (!isJsonObject(reasoningText)) return { type: 'redacted_thinking', data: redactedContent ?? '' }
  return { type: 'thinking', thinking: reasoningText.text ?? '', signature: reasoningText.signature ?? '' }
}
