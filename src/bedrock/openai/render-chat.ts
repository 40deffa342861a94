import { parseExact } from '../../core/exact-json.ts'
import { isJsonObject, type Json, type JsonObject, mergeDeep, objects, toJson } from '../../core/json.ts'
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
 * The body of `POST /chat/completions` for what a Converse body says. What the model takes was decided for that one, and is decided once.
 * OpenAI's OpenAPI file 2.3.0 (2026-08-21).
 */
export function renderChat(converse: JsonObject, wishes: SurfaceWishes): JsonObject {
  const { model, streaming } = wishes
  const { messages, inferenceConfig, additionalModelRequestFields, outputConfig } = converse
  const instructions = instructionsOf(converse)
  const body: Record<string, Json> = {
    model,
    messages: [
      ...(instructions === undefined ? [] : [{ role: 'system', content: instructions }]),
      ...objects(messages).flatMap(renderMessage)
    ]
  }
  if (streaming) {
    body.stream = true
    body.stream_options = { include_usage: true }
  }
  const { maxTokens, stopSequences } = isJsonObject(inferenceConfig) ? inferenceConfig : {}
  if (maxTokens !== undefined) body.max_completion_tokens = maxTokens
  if (stopSequences !== undefined) body.stop = stopSequences
  const named = (name: Json) => ({ type: 'function', function: { name } })
  Object.assign(body, commonFields(converse, wishes, { tool: renderTool, named }))
  const jsonSchema = jsonSchemaOf(outputConfig)
  if (jsonSchema !== undefined) {
    const schema = parseExact(textOf(jsonSchema.schema)) as Json
    body.response_format = { type: 'json_schema', json_schema: { name: jsonSchema.name ?? 'answer', schema, strict: true } }
  }
  return isJsonObject(additionalModelRequestFields) ? mergeDeep(additionalModelRequestFields, body) : body
}

/** One message of Converse is one of the model's, or one for each result and one for what else the user says. */
function renderMessage({ role, content }: JsonObject): readonly JsonObject[] {
  const blocks = objects(content)
  if (role === 'assistant') return [renderAnswer(blocks)]
  const results = blocks.flatMap(({ toolResult }) =>
    isJsonObject(toolResult)
      ? [{ role: 'tool', tool_call_id: toolResult.toolUseId ?? '', content: resultText(toolResult.content) }]
      : []
  )
  const parts = blocks.flatMap(renderPart)
  return parts.length === 0 ? results : [...results, { role: 'user', content: plain(parts) }]
}

function renderAnswer(blocks: readonly JsonObject[]): JsonObject {
  const text = blocks.flatMap((block) => (typeof block.text === 'string' ? [block.text] : [])).join('')
  const calls = blocks.flatMap(({ toolUse }) =>
    isJsonObject(toolUse)
      ? [
          {
            id: toolUse.toolUseId ?? '',
            type: 'function',
            function: { name: toolUse.name ?? '', arguments: toJson(toolUse.input ?? {}) }
          }
        ]
      : []
  )
  return {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    ...(calls.length === 0 ? {} : { tool_calls: calls })
  }
}

function resultText(content: Json | undefined): string {
  return objects(content)
    .flatMap(({ text }) => (typeof text === 'string' ? [text] : []))
    .join('\n')
}

/** Servers of open models take a list of parts only where the model sees pictures. */
function plain(parts: readonly JsonObject[]): Json {
  return parts.every(({ type }) => type === 'text') ? parts.map(({ text }) => textOf(text)).join('\n') : parts
}

function renderPart({ text, image }: JsonObject): readonly JsonObject[] {
  if (typeof text === 'string') return [{ type: 'text', text }]
  if (isJsonObject(image)) return [{ type: 'image_url', image_url: { url: dataUrl(`image/${image.format}`, image.source) } }]
  return []
}

function renderTool({ name, description, parameters, strict }: SpecOfTool): JsonObject {
  const enforced = strict === undefined ? {} : { strict }
  return { type: 'function', function: { name, ...described(description), parameters, ...enforced } }
}
