import { type Block, type ConverseRequest, type ToolEntry, type Turn, textFormat } from './converse-request.ts'
import { Refusal } from './refusal.ts'

type Fields = Readonly<Record<string, unknown>>

/** A body of Chat Completions or of Responses, read loosely. */
export interface SurfaceBody extends Fields {
  readonly model?: unknown
  readonly stream?: unknown
  readonly background?: unknown
  readonly input?: string | readonly (Fields | undefined)[]
  readonly messages?: readonly Fields[]
  readonly tools?: readonly Fields[]
}

/** Fields of `POST /responses`; OpenAI's OpenAPI file 2.3.0. */
export const RESPONSES_FIELDS: ReadonlySet<string> = new Set(
  'model input instructions stream stream_options store include max_output_tokens temperature top_p tools tool_choice parallel_tool_calls text reasoning service_tier metadata user background truncation previous_response_id conversation max_tool_calls prompt prompt_cache_key prompt_cache_retention safety_identifier top_logprobs'.split(
    ' '
  )
)

/** Fields of `POST /chat/completions`. */
export const CHAT_FIELDS: ReadonlySet<string> = new Set(
  'model messages stream stream_options max_tokens max_completion_tokens temperature top_p stop seed n tools tool_choice parallel_tool_calls response_format reasoning_effort service_tier metadata user logprobs top_logprobs logit_bias frequency_penalty presence_penalty store verbosity prediction amazon-bedrock-guardrailConfig'.split(
    ' '
  )
)

/** Refuses a member that the API does not know, as OpenAI's servers do. */
export function checkFields(body: SurfaceBody, known: ReadonlySet<string>): void {
  const other = Object.keys(body).find((name) => !known.has(name))
  if (other !== undefined) throw new Refusal('ValidationException', `Unknown parameter: '${other}'.`)
}

/** The same request as Converse would have it, so that one set of rules and one brain serve all doors. */
export function asConverse(body: SurfaceBody, api: 'responses' | 'chat/completions'): ConverseRequest {
  return api === 'responses' ? ofResponses(body) : ofChat(body)
}

function ofResponses(body: SurfaceBody): ConverseRequest {
  const { input, instructions, max_output_tokens, temperature, top_p, reasoning, text } = body
  const items =
    typeof input === 'string' ? [{ role: 'user', content: input }] : (input ?? []).filter((item) => item !== undefined)
  const format = (text as { format?: Fields } | undefined)?.format
  return {
    messages: merged(items.map(itemTurn)),
    ...(typeof instructions === 'string' ? { system: [{ text: instructions }] } : {}),
    inferenceConfig: config({ maxTokens: max_output_tokens, temperature, topP: top_p }),
    ...toolsOf(body, (tool) => tool),
    ...(format?.type === 'json_schema' ? { outputConfig: textFormat(format.schema) } : {}),
    ...(reasoning === undefined ? {} : { additionalModelRequestFields: { reasoning: effortOf(reasoning) } }),
    ...tierOf(body)
  }
}

function ofChat(body: SurfaceBody): ConverseRequest {
  const { messages = [], max_tokens, max_completion_tokens, temperature, top_p, stop, reasoning_effort, response_format } = body
  const format = response_format as { type?: string; json_schema?: { schema?: unknown } } | undefined
  const system = messages.filter(({ role }) => role === 'system' || role === 'developer')
  return {
    messages: merged(messages.filter(({ role }) => role !== 'system' && role !== 'developer').map(messageTurn)),
    ...(system.length === 0 ? {} : { system: system.flatMap(({ content }) => parts(content)) }),
    inferenceConfig: {
      ...config({ maxTokens: max_completion_tokens ?? max_tokens, temperature, topP: top_p }),
      ...(stop === undefined ? {} : { stopSequences: Array.isArray(stop) ? stop : [`${stop}`] })
    },
    ...toolsOf(body, (tool) => tool.function as Fields),
    ...(format?.type === 'json_schema' ? { outputConfig: textFormat(format.json_schema?.schema) } : {}),
    ...(reasoning_effort === undefined ? {} : { additionalModelRequestFields: { reasoning_effort } }),
    ...tierOf(body)
  }
}

const effortOf = (reasoning: unknown) => {
  const { summary: _shown, ...rest } = reasoning as Fields
  return rest
}

const config = (values: Fields): NonNullable<ConverseRequest['inferenceConfig']> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null))

const tierOf = ({ service_tier }: SurfaceBody) => (service_tier === undefined ? {} : { serviceTier: { type: service_tier } })

function toolsOf({ tools = [], tool_choice }: SurfaceBody, spec: (tool: Fields) => Fields): Pick<ConverseRequest, 'toolConfig'> {
  if (tools.length === 0) return {}
  const entries = tools.map((tool): ToolEntry => {
    const { name, description, parameters, strict } = spec(tool)
    const inputSchema = { json: (parameters ?? { type: 'object' }) as Record<string, unknown> }
    const about = description === undefined ? {} : { description }
    return { toolSpec: { name: `${name}`, ...about, inputSchema, ...(strict === true ? { strict: true } : {}) } }
  })
  const choice = tool_choice as string | { name?: string; function?: { name?: string } } | undefined
  if (choice === 'none') return { toolConfig: { tools: [] } }
  if (choice === 'required') return { toolConfig: { tools: entries, toolChoice: { any: {} } } }
  if (typeof choice === 'object')
    return { toolConfig: { tools: entries, toolChoice: { tool: { name: `${choice.name ?? choice.function?.name}` } } } }
  return { toolConfig: { tools: entries, toolChoice: { auto: {} } } }
}

function itemTurn(item: Fields): Turn {
  switch (item.type) {
    case 'function_call':
      return {
        role: 'assistant',
        content: [{ toolUse: { toolUseId: `${item.call_id}`, name: `${item.name}`, input: parsed(item.arguments) } }]
      }
    case 'function_call_output':
      return { role: 'user', content: [{ toolResult: { toolUseId: `${item.call_id}`, content: parts(item.output) } }] }
    case 'reasoning':
      return { role: 'assistant', content: [{ reasoningContent: { redactedContent: `${item.encrypted_content}` } }] }
    default:
      return { role: item.role === 'assistant' ? 'assistant' : 'user', content: parts(item.content) }
  }
}

function messageTurn({ role, content, tool_call_id, tool_calls }: Fields): Turn {
  if (role === 'tool')
    return { role: 'user', content: [{ toolResult: { toolUseId: `${tool_call_id}`, content: parts(content) } }] }
  const calls = ((tool_calls ?? []) as readonly { id: string; function: Fields }[]).map(
    ({ id, function: called }): Block => ({
      toolUse: { toolUseId: id, name: `${called.name}`, input: parsed(called.arguments) }
    })
  )
  return { role: role === 'assistant' ? 'assistant' : 'user', content: [...parts(content), ...calls] }
}

function parsed(json: unknown): unknown {
  try {
    return JSON.parse(`${json}`)
  } catch {
    throw new Refusal('ValidationException', 'Invalid arguments of a function call: not valid JSON')
  }
}

function parts(content: unknown): Block[] {
  if (typeof content === 'string') return content === '' ? [] : [{ text: content }]
  if (!Array.isArray(content)) return []
  return (content as readonly Fields[]).map((part): Block => {
    const url = (part.image_url as { url?: string } | undefined)?.url ?? part.image_url
    if (url === undefined) return { text: `${part.text ?? part.refusal ?? part.filename}` }
    const [, format = '', bytes = ''] = /^data:image\/(\w+);base64,(.*)$/s.exec(`${url}`) ?? []
    if (bytes === '') throw new Refusal('ValidationException', 'Invalid image_url: expected a base64 data URL')
    return { image: { format, source: { bytes } } }
  })
}

/** Items of one side are one turn. */
function merged(turns: readonly Turn[]): readonly Turn[] {
  const all: Turn[] = []
  for (const turn of turns) {
    const last = all[all.length - 1]
    if (last?.role === turn.role) all[all.length - 1] = { role: turn.role, content: [...last.content, ...turn.content] }
    else all.push(turn)
  }
  return all
}
