import { parseExact } from '../../core/exact-json.ts'
import { isJsonObject, type Json, type JsonObject, mergeDeep, toJson } from '../../core/json.ts'
import { dataUrl, jsonSchemaOf, member, objects, textOf } from './openai-wire.ts'

/** What a body of the Responses API says beside what a Converse body does. */
export interface ResponsesWishes {
  /** As this surface calls it. */
  readonly model: string
  readonly streaming: boolean
  /** `false`: at most one call per answer. */
  readonly parallel: boolean | undefined
  /** The model gives its reasoning encrypted, and takes it back so. */
  readonly sealsReasoning: boolean
}

/**
 * The body of `POST /responses` for what a Converse body says. What the model takes was decided for that one, and is decided once.
 * Nothing is stored at Bedrock: each request holds the whole conversation.
 * OpenAI's OpenAPI file 2.3.0 (2026-08-21).
 */
export function renderResponses(
  converse: JsonObject,
  { model, streaming, parallel, sealsReasoning }: ResponsesWishes
): JsonObject {
  const { messages, system, inferenceConfig, toolConfig, additionalModelRequestFields, outputConfig, serviceTier } = converse
  const config = isJsonObject(inferenceConfig) ? inferenceConfig : {}
  const body: Record<string, Json> = { model, input: objects(messages).flatMap(renderMessage), store: false }
  const instructions = objects(system).flatMap(({ text }) => (typeof text === 'string' ? [text] : []))
  if (instructions.length > 0) body.instructions = instructions.join('\n\n')
  if (streaming) body.stream = true
  if (sealsReasoning) body.include = ['reasoning.encrypted_content']
  if (config.maxTokens !== undefined) body.max_output_tokens = config.maxTokens
  if (config.temperature !== undefined) body.temperature = config.temperature
  if (config.topP !== undefined) body.top_p = config.topP
  const tier = member(serviceTier, 'type')
  if (tier !== undefined) body.service_tier = tier
  if (isJsonObject(toolConfig)) {
    body.tools = objects(toolConfig.tools).flatMap(renderTool)
    body.tool_choice = renderChoice(toolConfig.toolChoice)
    if (parallel !== undefined) body.parallel_tool_calls = parallel
  }
  const format = renderFormat(outputConfig)
  if (format !== undefined) body.text = { format }
  const fields = isJsonObject(additionalModelRequestFields) ? additionalModelRequestFields : {}
  return mergeDeep(withSummary(fields), body)
}

/** Reasoning that was asked for is shown as its summary: there is no other text of it. */
function withSummary(fields: JsonObject): JsonObject {
  const { reasoning } = fields
  if (!isJsonObject(reasoning) || reasoning.effort === 'none') return fields
  return { ...fields, reasoning: { summary: 'auto', ...reasoning } }
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

function renderTool({ toolSpec }: JsonObject): readonly JsonObject[] {
  if (!isJsonObject(toolSpec)) return []
  const { name, description, inputSchema, strict } = toolSpec
  return [
    {
      type: 'function',
      name: name ?? '',
      ...(description === undefined ? {} : { description }),
      parameters: member(inputSchema, 'json') ?? { type: 'object', properties: {} },
      strict: strict === true
    }
  ]
}

function renderChoice(choice: Json | undefined): Json {
  const tool = member(choice, 'tool')
  if (isJsonObject(tool)) return { type: 'function', name: tool.name ?? '' }
  return member(choice, 'any') === undefined ? 'auto' : 'required'
}

function renderFormat(outputConfig: Json | undefined): JsonObject | undefined {
  const jsonSchema = jsonSchemaOf(outputConfig)
  if (jsonSchema === undefined) return undefined
  const schema = parseExact(textOf(jsonSchema.schema)) as Json
  return { type: 'json_schema', name: jsonSchema.name ?? 'answer', schema, strict: true }
}
