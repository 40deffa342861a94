import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { ResponsesFields } from './fields.ts'
import type { Keeping } from './keeping.ts'

/** The members of a response that repeat its request; what was not said is told as what it means. */
export function echoOf(fields: ResponsesFields, text: JsonObject, keeping: Keeping | undefined): JsonObject {
  const reasoning = fields.get('reasoning')
  const user = fields.get('user')
  return {
    background: false,
    instructions: fields.get('instructions') ?? null,
    max_output_tokens: fields.get('max_output_tokens') ?? null,
    max_tool_calls: fields.get('max_tool_calls') ?? null,
    parallel_tool_calls: fields.get('parallel_tool_calls') ?? true,
    previous_response_id: fields.get('previous_response_id') ?? null,
    ...(keeping?.conversation === undefined ? {} : { conversation: { id: keeping.conversation.id } }),
    prompt_cache_key: fields.get('prompt_cache_key') ?? null,
    prompt_cache_retention: fields.get('prompt_cache_retention') ?? null,
    reasoning: {
      effort: reasoning?.effort ?? null,
      summary: reasoning?.summary ?? reasoning?.generate_summary ?? null,
      ...(reasoning?.context ? { context: reasoning.context } : {})
    },
    safety_identifier: fields.get('safety_identifier') ?? null,
    store: keeping?.chain !== undefined,
    temperature: fields.get('temperature') ?? 1,
    text,
    tool_choice: fields.get('tool_choice') ?? 'auto',
    tools: (fields.get('tools') ?? []).map(echoTool),
    top_logprobs: fields.get('top_logprobs') ?? 0,
    top_p: fields.get('top_p') ?? 1,
    presence_penalty: fields.get('presence_penalty') ?? 0,
    frequency_penalty: fields.get('frequency_penalty') ?? 0,
    truncation: fields.get('truncation') ?? 'disabled',
    metadata: fields.get('metadata') ?? {},
    ...(user === undefined ? {} : { user })
  } satisfies JsonObject
}

/** A tool as it came, a function with every member that OpenAI's schema requires. */
function echoTool(tool: Json): Json {
  if (!isJsonObject(tool) || (tool.type ?? 'function') !== 'function') return tool
  const { name, description, parameters, strict } = tool
  const own = {
    type: 'function',
    name: name ?? '',
    description: description ?? null,
    parameters: parameters ?? null,
    strict: strict ?? null
  }
  return Object.keys(tool).every((member) => member in own) ? own : { ...tool, ...own }
}
