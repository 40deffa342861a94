import type { JsonObject } from '../../core/json.ts'
import { eachUnknown, UNKNOWN_MEMBER } from '../openai/unknown-members.ts'
import type { Report } from './report.ts'

/** What nobody misses, wherever it stands: OpenAI's own answers hold it, and clients send it back as it came. */
const HARMLESS = ['annotations', 'id', 'index', 'name', 'refusal'] as const
const MARKS = ['cache_control', 'prompt_cache_breakpoint'] as const
const PART = ['type', ...MARKS] as const
const MESSAGE = ['role', 'content', ...MARKS] as const

/**
 * The members that are read, or that ask for nothing, of each kind of object inside a request. Whatever else a caller writes there is
 * reported: `null`, empty objects and empty lists ask for nothing.
 */
const MEMBERS = {
  system: members(...MESSAGE),
  user: members(...MESSAGE),
  // Reasoning without a signature is of use to no model; it comes back with the gateway's own answers.
  assistant: members(
    ...MESSAGE,
    'tool_calls',
    'function_call',
    'thinking_blocks',
    'reasoning_details',
    'reasoning_content',
    'reasoning',
    'parsed'
  ),
  tool: members(...MESSAGE, 'tool_call_id', 'is_error', 'tool_name'),
  text: members(...PART, 'text', 'qualifiers', 'guard_content', 'logprobs', 'citations'),
  refusal: members(...PART),
  media: members(...PART, 'image_url', 'video_url', 'audio_url', 'bucket_owner'),
  url: members('url', 'format', 'bucket_owner'),
  audio: members(...PART, 'input_audio'),
  sound: members('data', 'format'),
  filePart: members(...PART, 'file', 'citations', 'context'),
  file: members('filename', 'file_data', 'file_url', 'file_id', 'format', 'citations', 'context'),
  flatImage: members(...PART, 'image_url', 'file_id', 'bucket_owner'),
  flatFile: members(...PART, 'filename', 'file_data', 'file_url', 'file_id', 'format', 'citations', 'context'),
  source: members('type', 'media_type', 'data', 'url', 'content', 'file_id'),
  image: members(...PART, 'source'),
  document: members(...PART, 'source', 'title', 'context', 'citations'),
  thought: members(...PART, 'thinking', 'signature', 'data'),
  toolUse: members(...PART, 'input'),
  toolResult: members(...PART, 'tool_use_id', 'content', 'is_error'),
  call: members('type', 'function', 'custom'),
  flatCall: members('type', 'arguments'),
  calledFunction: members('arguments', 'parsed_arguments'),
  calledCustom: members('input'),
  tool_function: members('type', 'function', ...MARKS),
  tool_custom: members('type', 'custom', 'description', 'format', ...MARKS),
  tool_system: members('type', 'system_tool'),
  function: members('type', 'description', 'parameters', 'input_schema', 'inputSchema', 'strict', ...MARKS),
  custom: members('type', 'description', 'format', ...MARKS),
  choice: members('type', 'function', 'custom', 'allowed_tools', 'mode', 'tools', 'disable_parallel_tool_use'),
  chosen: members(),
  allowed: members('type', 'mode', 'tools'),
  format: members('type', 'json_schema'),
  schemaFormat: members('type', 'json_schema', 'schema', 'description', 'strict'),
  jsonSchema: members('schema', 'description', 'strict'),
  streamOptions: members('include_usage'),
  // A summary of the reasoning is what answers show of it.
  reasoning: members('effort', 'max_tokens', 'enabled', 'exclude', 'summary', 'generate_summary'),
  thinking: members('type', 'budget_tokens', 'display'),
  guardrail: members(
    ...['identifier', 'version', 'trace', 'stream_processing_mode'],
    ...['guardrailIdentifier', 'guardrailVersion', 'streamProcessingMode']
  ),
  performance: members('latency'),
  caching: members('system', 'tools', 'messages'),
  cacheOptions: members('mode', 'ttl'),
  cacheMark: members('type', 'ttl'),
  // The search has no settings.
  search: members()
} as const satisfies Readonly<Record<string, ReadonlySet<string>>>

export type ObjectKind = keyof typeof MEMBERS

function members(...names: readonly string[]): ReadonlySet<string> {
  return new Set([...HARMLESS, ...names])
}

/** Reports the members of an object that its kind does not have, by their paths. */
export function reportUnknown(holder: JsonObject, kind: ObjectKind, path: string, report: Report): void {
  eachUnknown(holder, MEMBERS[kind], (name) => report(`${path}.${name}`, UNKNOWN_MEMBER))
}
