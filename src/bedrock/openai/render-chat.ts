import { parseExact } from '../../core/exact-json.ts'
import { isJsonObject, type Json, type JsonObject, mergeDeep, toJson } from '../../core/json.ts'
import { dataUrl, jsonSchemaOf, member, objects, textOf } from './openai-wire.ts'
import type { ResponsesWishes } from './render-responses.ts'

/**
 * The body of `POST /chat/completions` for what a Converse body says. What the model takes was decided for that one, and is decided once.
 * OpenAI's OpenAPI file 2.3.0 (2026-08-21).
 */
export function renderChat(converse: JsonObject, { model, streaming, parallel }: ResponsesWishes): JsonObject {
  const { messages, system, inferenceConfig, toolConfig, additionalModelRequestFields, outputConfig, serviceTier } = converse
  const config = isJsonObject(inferenceConfig) ? inferenceConfig : {}
  const instructions = objects(system).flatMap(({ text }) => (typeof text === 'string' ? [text] : []))
  const body: Record<string, Json> = {
    model,
    messages: [
      ...(instructions.length === 0 ? [] : [{ role: 'system', content: instructions.join('\n\n') }]),
      ...objects(messages).flatMap(renderMessage)
    ]
  }
  if (streaming) {
    body.stream = true
    body.stream_options = { include_usage: true }
  }
  if (config.maxTokens !== undefined) body.max_completion_tokens = config.maxTokens
  if (config.temperature !== undefined) body.temperature = config.temperature
  if (config.topP !== undefined) body.top_p = config.topP
  if (config.stopSequences !== undefined) body.stop = config.stopSequences
  const tier = member(serviceTier, 'type')
  if (tier !== undefined) body.service_tier = tier
  if (isJsonObject(toolConfig)) {
    body.tools = objects(toolConfig.tools).flatMap(renderTool)
    body.tool_choice = renderChoice(toolConfig.toolChoice)
    if (parallel !== undefined) body.parallel_tool_calls = parallel
  }
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

function renderTool({ toolSpec }: JsonObject): readonly JsonObject[] {
  if (!isJsonObject(toolSpec)) return []
  const { name, description, inputSchema, strict } = toolSpec
  return [
    {
      type: 'function',
      function: {
        name: name ?? '',
        ...(description === undefined ? {} : { description }),
        parameters: member(inputSchema, 'json') ?? { type: 'object', properties: {} },
        ...(strict === undefined ? {} : { strict })
      }
    }
  ]
}

function renderChoice(choice: Json | undefined): Json {
  const tool = member(choice, 'tool')
  if (isJsonObject(tool)) return { type: 'function', function: { name: tool.name ?? '' } }
  return member(choice, 'any') === undefined ? 'auto' : 'required'
}
