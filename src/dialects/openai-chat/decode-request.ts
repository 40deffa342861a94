import type { Spell } from '../../core/field.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Mutable } from '../../core/mutable.ts'
import type { ChatRequest, Guardrail } from '../../core/request.ts'
import type { TextBlock } from '../../core/turn.ts'
import type { SpeltWarning } from '../../core/warning.ts'
import { GatewayError } from '../../errors.ts'
import { put } from '../openai/present.ts'
import { optionalBoolean } from '../openai/read-value.ts'
import { missing, wrongType } from '../openai/refuse.ts'
import { isTellable } from '../openai/unknown-members.ts'
import { decodeAutoCache } from './decode-cache.ts'
import { decodeGuardrail } from './decode-guardrail.ts'
import { decodeMessages } from './decode-messages.ts'
import { decodeOutput } from './decode-output.ts'
import { decodeTextParts } from './decode-parts.ts'
import { decodeReasoning, excludesReasoning } from './decode-reasoning.ts'
import {
  decodeLimits,
  decodeMetadata,
  decodeNative,
  decodeSampling,
  decodeServiceTier,
  reportLost,
  stringsOf
} from './decode-settings.ts'
import { decodeToolChoice } from './decode-tool-choice.ts'
import { type DecodedTools, decodeTools } from './decode-tools.ts'
import { type ChatFields, type FieldName, readChatFields } from './fields.ts'
import { type ObjectKind, reportUnknown } from './members.ts'
import type { ChatOptions, ReasoningFormat } from './options.ts'
import { createReport, type Report } from './report.ts'
import type { ChatBody } from './schema.ts'
import { chatSpelling } from './spelling.ts'

export type { ChatOptions, ReasoningFormat } from './options.ts'

export interface ChatDefaults {
  readonly reasoningFormat: ReasoningFormat
  /** From the request's headers; the body wins. */
  readonly guardrail?: Guardrail
}

export interface DecodedChat {
  readonly request: ChatRequest
  readonly options: ChatOptions
  readonly warnings: readonly SpeltWarning[]
  readonly spell: Spell
}

/** Reads a chat request. Throws a 400 that names the field; what is lost on the way is in `warnings`. */
export function decodeChatRequest(body: ChatBody, defaults: ChatDefaults): DecodedChat {
  if (!isJsonObject(body)) throw wrongType('body', 'an object', body)
  const fields = readChatFields(body)
  const { report, warnings } = createReport()
  refuseOtherOutputs(fields)
  for (const path of fields.unknown) {
    if (isTellable(path)) report(path, 'not a field that the gateway knows')
  }
  reportMembers(fields, report)
  const tools = decodeTools(fields, report)
  const request = decodeRequest(fields, tools, defaults, report)
  return { request, options: decodeOptions(fields, tools, defaults), warnings, spell: chatSpelling(fields) }
}

/** Fields that are objects, and the kind of each. What is in the others is read where it is reported. */
const OBJECTS: readonly (readonly [field: FieldName, kind: ObjectKind])[] = [
  ['web_search_options', 'search'],
  ['stream_options', 'streamOptions'],
  ['reasoning', 'reasoning'],
  ['thinking', 'thinking'],
  ['guardrail', 'guardrail'],
  ['guardrailConfig', 'guardrail'],
  ['performance_config', 'performance'],
  ['prompt_caching', 'caching'],
  ['prompt_cache_options', 'cacheOptions'],
  ['cache_control', 'cacheMark']
]

function reportMembers(fields: ChatFields, report: Report): void {
  for (const [field, kind] of OBJECTS) {
    const value = fields.get(field)
    if (isJsonObject(value)) reportUnknown(value, kind, fields.path(field), report)
  }
}

function decodeRequest(
  fields: ChatFields,
  { tools: given, legacy }: DecodedTools,
  defaults: ChatDefaults,
  report: Report
): ChatRequest {
  const model = fields.get('model')
  if (!model) throw missing('model')
  const messages = fields.get('messages')
  if (messages === undefined) throw missing('messages')
  const { choice, tools, parallel } = decodeToolChoice(fields, given, legacy, report)
  const { system, turns } = decodeMessages(messages, fields.path('messages'), report)
  const request: Mutable<ChatRequest> = {
    model,
    system: decodeSystem(fields, system, report),
    turns,
    tools,
    output: decodeOutput(fields, report),
    stream: fields.get('stream') ?? false
  }
  decodeLimits(fields, request)
  put(request, 'sampling', decodeSampling(fields))
  put(request, 'toolChoice', choice)
  // `function_call` has room for one call only.
  put(request, 'parallelToolCalls', legacy ? false : (fields.get('parallel_tool_calls') ?? parallel))
  put(request, 'reasoning', decodeReasoning(fields))
  put(request, 'serviceTier', decodeServiceTier(fields))
  put(request, 'guardrail', decodeGuardrail(fields) ?? defaults.guardrail)
  put(request, 'metadata', decodeMetadata(fields))
  put(request, 'autoCache', decodeAutoCache(fields, report))
  put(request, 'webSearch', fields.get('web_search_options') === undefined ? undefined : true)
  decodeNative(fields, request, report)
  reportLost(fields, report)
  return request
}

/** Anthropic's place for what the system says, before the messages. */
function decodeSystem(fields: ChatFields, said: readonly TextBlock[], report: Report): readonly TextBlock[] {
  const system = fields.get('system')
  if (system === undefined) return said
  const blocks = decodeTextParts(system, fields.path('system'), report)
  return [...blocks.filter(({ text }) => text.trim() !== ''), ...said]
}

function decodeOptions(fields: ChatFields, { custom, legacy }: DecodedTools, defaults: ChatDefaults): ChatOptions {
  const options: Mutable<ChatOptions> = {
    count: fields.get('n') ?? 1,
    includeUsage: includesUsage(fields),
    legacyFunctions: legacy,
    reasoningFormat: excludesReasoning(fields) ? 'none' : defaults.reasoningFormat
  }
  put(options, 'serviceTier', decodeServiceTier(fields))
  put(options, 'customTools', custom.size === 0 ? undefined : custom)
  put(options, 'responseFields', fields.get('additional_model_response_field_paths') === undefined ? undefined : true)
  return options
}

function includesUsage(fields: ChatFields): boolean {
  const given = fields.get('stream_options')
  if (given === undefined) return false
  return optionalBoolean(given.include_usage, `${fields.path('stream_options')}.include_usage`) ?? false
}

function refuseOtherOutputs(fields: ChatFields): void {
  if (fields.get('logprobs') === true) {
    const path = fields.path('logprobs')
    throw new GatewayError('unsupported_parameter', `Unsupported parameter: 'logprobs' is not supported with this model.`, {
      param: path
    })
  }
  const modalities = fields.get('modalities')
  if (modalities === undefined) return
  const path = fields.path('modalities')
  for (const modality of stringsOf(modalities, path)) {
    if (modality === 'text') continue
    throw new GatewayError('unsupported_value', `Unsupported value: '${path}' supports only "text".`, { param: path })
  }
}
