import { parseExact } from '../../core/exact-json.ts'
import { isJsonObject, type Json, type JsonObject, member, mergeDeep, objects, toJson } from '../../core/json.ts'
import {
  commonFields,
  dataUrl,
  described,
  instructionsOf,
  jsonSchemaOf,
  type SpecOfTool,
  type SurfaceWishes,
  textOf
} from './openai-wire.ts'

/**
 * The body of `POST /responses` for what a Converse body says. What the model takes was decided for that one, and is decided once.
 * Nothing is stored at Bedrock: each request holds the whole conversation.
 * OpenAI's OpenAPI file 2.3.0 (2026-08-21).
 */
export function renderResponses(converse: JsonObject, wishes: SurfaceWishes): JsonObject {
  const { model, streaming, sealsReasoning, summary } = wishes
  const { messages, inferenceConfig, additionalModelRequestFields, outputConfig } = converse
  const body: Record<string, Json> = { model, input: objects(messages).flatMap(renderMessage), store: false }
  const instructions = instructionsOf(converse)
  if (instructions !== undefined) body.instructions = instructions
  if (streaming) body.stream = true
  if (sealsReasoning) body.include = ['reasoning.encrypted_content']
  const maxTokens = member(inferenceConfig, 'maxTokens')
  if (maxTokens !== undefined) body.max_output_tokens = maxTokens
  Object.assign(body, commonFields(converse, wishes, { tool: renderTool, named: (name) => ({ type: 'function', name }) }))
  const format = renderFormat(outputConfig)
  if (format !== undefined) body.text = { format }
  const fields = isJsonObject(additionalModelRequestFields) ? additionalModelRequestFields : {}
  return mergeDeep(withSummary(fields, summary), body)
}

/** Reasoning that was asked for is shown as its summary: there is no other text of it. */
function withSummary(fields: JsonObject, wished: string | undefined): JsonObject {
  const { reasoning } = fields
  if (member(reasoning, 'effort') === 'none' || (!isJsonObject(reasoning) && wished === undefined)) return fields
  return { ...fields, reasoning: { summary: wished ?? 'auto', ...(isJsonObject(reasoning) ? reasoning : {}) } }
}

/** A message as items: its text together, and what is an item of its own apart, in their order. */
function renderMessage({ role, content }: JsonObject): readonly JsonObject[] {
  const items: JsonObject[] = []
  let parts: JsonObject[] = []
  const flush = () => {
    if (parts.length > 0) items.push({ type: 'message', role: role ?? 'user', content: parts })
    parts = []
  }
  for (const block of objects(content)) {
    const item = renderItem(block)
    if (item === undefined) parts.push(...renderPart(block, role === 'assistant'))
    else {
      flush()
      items.push(item)
    }
  }
  flush()
  return items
}

function renderItem({ toolUse, toolResult, reasoningContent }: JsonObject): JsonObject | undefined {
  if (isJsonObject(toolUse)) {
    const { toolUseId, name, input } = toolUse
    return { type: 'function_call', call_id: toolUseId ?? '', name: name ?? '', arguments: toJson(input ?? {}) }
  }
  if (isJsonObject(toolResult))
    return { type: 'function_call_output', call_id: toolResult.toolUseId ?? '', output: renderOutput(toolResult.content) }
  if (isJsonObject(reasoningContent))
    return { type: 'reasoning', summary: [], encrypted_content: reasoningContent.redactedContent ?? '' }
  return undefined
}

function renderOutput(content: Json | undefined): Json {
  const parts = objects(content)
  if (parts.every(({ text }) => typeof text === 'string')) return parts.map(({ text }) => textOf(text)).join('\n')
  return parts.flatMap((part) => renderPart(part, false))
}

/** A cache point has no counterpart: what comes back is cached without being asked. */
function renderPart({ text, image, document }: JsonObject, isAnswer: boolean): readonly JsonObject[] {
  if (typeof text === 'string') return [{ type: isAnswer ? 'output_text' : 'input_text', text }]
  if (isJsonObject(image)) return [{ type: 'input_image', image_url: dataUrl(`image/${image.format}`, image.source) }]
  if (isJsonObject(document))
    return [
      {
        type: 'input_file',
        filename: `${textOf(document.name)}.${textOf(document.format)}`,
        file_data: dataUrl(document.format === 'pdf' ? 'application/pdf' : 'text/plain', document.source)
      }
    ]
  return []
}

function renderTool({ name, description, parameters, strict }: SpecOfTool): JsonObject {
  return { type: 'function', name, ...described(description), parameters, strict: strict === true }
}

function renderFormat(outputConfig: Json | undefined): JsonObject | undefined {
  const jsonSchema = jsonSchemaOf(outputConfig)
  if (jsonSchema === undefined) return undefined
  const schema = parseExact(textOf(jsonSchema.schema)) as Json
  return { type: 'json_schema', name: jsonSchema.name ?? 'answer', schema, strict: true }
}
