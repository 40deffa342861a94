import { type ByteString, jsonBytes } from '../../core/byte-string.ts'
import type { Spell } from '../../core/field.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { Mutable } from '../../core/mutable.ts'
import type { ChatRequest, OpenaiFields, Sampling, ServiceTier } from '../../core/request.ts'
import type { SpeltWarning } from '../../core/warning.ts'
import { GatewayError } from '../../errors.ts'
import type { DecodeContext } from '../dialect.ts'
import { createLostFields } from '../openai/lost-fields.ts'
import { put } from '../openai/present.ts'
import { missing, tooMany, wrongType } from '../openai/refuse.ts'
import { createSamplingReader } from '../openai/sampling.ts'
import { isTellable } from '../openai/unknown-members.ts'
import { decodeAutoCache } from '../openai-chat/decode-cache.ts'
import { decodeGuardrail } from '../openai-chat/decode-guardrail.ts'
import { decodeLimits, decodeMetadata, decodeNative } from '../openai-chat/decode-settings.ts'
import { type ChatFields, readChatFields } from '../openai-chat/fields.ts'
import { createReport, type Report } from '../openai-chat/report.ts'
import { decodeToolChoice } from './decode-choice.ts'
import { decodeEffort, summaryWish } from './decode-effort.ts'
import { decodeFormat, echoText } from './decode-format.ts'
import { decodeInput, endsInTrigger, itemsOf, toolsAmong } from './decode-input.ts'
import { decodeTools } from './decode-tools.ts'
import { echoOf } from './echo.ts'
import { FIELDS, type ResponsesFields, readResponsesFields, SHARED_NAMES } from './fields.ts'
import { type History, type PlacedItem, readHistory } from './history.ts'
import type { Keeping } from './keeping.ts'
import { referencedId } from './kept-ids.ts'
import type { ResponsesOptions } from './options.ts'
import { responsesSpelling } from './spelling.ts'

export interface DecodedResponses {
  readonly request: ChatRequest
  readonly options: ResponsesOptions
  readonly warnings: readonly SpeltWarning[]
  readonly spell: Spell
}

/** What may be known of a request beside its body. */
export interface ResponsesDefaults extends Pick<DecodeContext, 'reasoningFormat' | 'maxTokens' | 'records'> {
  readonly guardrail?: ChatRequest['guardrail']
  /** The answer shall be a summary, whatever the input ends in. */
  readonly isCompaction?: boolean
  /** The answer is no response that could be asked for again. */
  readonly isPassing?: boolean
}

/**
 * Reads a request; a promise only where it refers to what is kept. Throws a 400 that names the field; what is lost on the way is in
 * `warnings`.
 */
export function decodeResponsesRequest(body: Json, defaults: ResponsesDefaults): DecodedResponses | Promise<DecodedResponses> {
  if (!isJsonObject(body)) throw wrongType('body', 'an object', body)
  const fields = readResponsesFields(body)
  refuseUnserved(fields)
  const history = readHistory(fields, defaults.records)
  return history instanceof Promise
    ? history.then((read) => decodeWith(read, fields, body, defaults))
    : decodeWith(history, fields, body, defaults)
}

function decodeWith(history: History, fields: ResponsesFields, body: JsonObject, defaults: ResponsesDefaults): DecodedResponses {
  const { report, warnings } = createReport()
  for (const path of fields.unknown) if (isTellable(path)) report(path, 'not a field that the gateway knows')
  const shared = readChatFields(sharedBody(body))
  for (const path of shared.given) if (isChatOnly(path)) report(path, 'a field of Chat Completions alone')
  const input = inputOf(fields, defaults.isCompaction === true, history)
  const tools = decodeTools([{ tools: fields.get('tools') ?? [], path: fields.path('tools') }, ...toolsAmong(input)], report)
  const chosen = decodeToolChoice(fields.get('tool_choice'), fields.path('tool_choice'), tools, report)
  const isCompaction = endsInTrigger(input)
  const request = decodeRequest(fields, shared, defaults, report, () => decodeInput(input, tools.table, report))
  request.tools = chosen.tools
  put(request, 'optionalSearch', isCompaction ? undefined : chosen.webSearch)
  // A summary is no turn of the agent's: its tools stay, since the history has calls of them, and are not called.
  put(request, 'toolChoice', isCompaction ? { type: 'none' } : chosen.choice)
  if (isCompaction) request.output = { type: 'text' }
  const summary = summaryWish(fields.get('reasoning'), fields.path('reasoning'))
  request.openai = ownWords(fields, input, summary)
  const keeping = keepingOf(fields, history, defaults)
  if (fields.get('store') === true && keeping?.chain === undefined) report(fields.path('store'), 'no responses are kept here')
  const options: ResponsesOptions = {
    echo: echoOf(fields, echoText(fields.get('text')), keeping),
    ...(keeping === undefined ? {} : { keeping }),
    serviceTier: fields.get('service_tier') ?? 'auto',
    tools: tools.table,
    showsSummary: summary !== undefined && defaults.reasoningFormat !== 'none',
    isCompaction,
    responseFields: fields.get('additional_model_response_field_paths') !== undefined
  }
  return { request, options, warnings, spell: responsesSpelling(fields) }
}

/** Settings of which models of OpenAI's make something, and nobody else. */
const OWN_SETTINGS = ['metadata', 'prompt_cache_key', 'prompt_cache_retention', 'safety_identifier', 'user'] as const

function ownWords(fields: ResponsesFields, input: readonly PlacedItem[], summary: string | undefined): OpenaiFields {
  const settings: Record<string, Json> = {}
  for (const name of OWN_SETTINGS) {
    const value = fields.get(name)
    if (value !== undefined) settings[name] = value
  }
  return { items: input.map(({ item }) => item), settings, ...(summary === undefined ? {} : { summary }) }
}

function inputOf(fields: ResponsesFields, isCompaction: boolean, history: History): readonly PlacedItem[] {
  const items = itemsOf(fields.get('input'), fields.path('input'), history)
  if (!isCompaction || endsInTrigger(items)) return items
  return [...items, { item: { type: 'compaction_trigger' }, path: fields.path('input') }]
}

/** What shall be kept of the answer; undefined: nothing, since nobody wants it or nobody could. */
function keepingOf(fields: ResponsesFields, history: History, defaults: ResponsesDefaults): Keeping | undefined {
  const { records } = defaults
  const isKept = fields.get('store') ?? true
  if (records === undefined || defaults.isPassing === true || (!isKept && history.conversation === undefined)) return undefined
  return {
    records,
    input: jsonBytes(fields.get('input') ?? []),
    ...(isKept ? { chain: history.chain } : {}),
    ...(history.conversation === undefined
      ? {}
      : { conversation: { id: history.conversation, input: resolved(fields, history) } })
  }
}

/** A conversation outlives the responses whose items are referred to. */
function resolved(fields: ResponsesFields, { found }: History): ByteString {
  const input = fields.get('input') ?? []
  return jsonBytes(Array.isArray(input) ? input.map((item: Json) => found.get(referencedId(item) ?? '') ?? item) : input)
}

/** Whether a literal `extra_body` holds what Chat Completions alone reads: it is no field of the model's either. */
function isChatOnly(path: string): boolean {
  return path.startsWith('extra_body.') && !(SHARED_NAMES as readonly string[]).includes(path.slice('extra_body.'.length))
}

/** The fields that Chat Completions has too, and what is meant for the model. */
function sharedBody(body: JsonObject): JsonObject {
  const shared: Record<string, Json> = {}
  for (const name of SHARED_NAMES) if (body[name] !== undefined) shared[name] = body[name]
  if (!isJsonObject(body.extra_body)) return shared
  const extra = Object.entries(body.extra_body).filter(
    ([name]) => !Object.hasOwn(FIELDS, name) || (SHARED_NAMES as readonly string[]).includes(name)
  )
  return { ...shared, extra_body: Object.fromEntries(extra) }
}

const MOST_PAIRS = 16

/** Codex sets no limit, and what is cut ends its turn: a patch needs more room than a chat's answer (Codex CLI 0.171, 2026-11). Tokens. */
const USUAL_LIMIT = 32_000

function refuseUnserved(fields: ResponsesFields): void {
  if (fields.get('background') === true)
    throw unsupported(fields.path('background'), 'Answers are not made in the background here.')
  if (fields.get('prompt') !== undefined)
    throw unsupported(fields.path('prompt'), 'No prompts are stored here: send `instructions` and `input` themselves.')
  const pairs = Object.keys(fields.get('metadata') ?? {}).length
  if (pairs > MOST_PAIRS) throw tooMany(fields.path('metadata'), MOST_PAIRS, pairs)
}

function unsupported(path: string, why: string): GatewayError {
  return new GatewayError('unsupported_parameter', `Unsupported parameter: '${path}'. ${why}`, { param: path })
}

function decodeRequest(
  fields: ResponsesFields,
  shared: ChatFields,
  defaults: ResponsesDefaults,
  report: Report,
  conversation: () => Pick<ChatRequest, 'system' | 'turns'>
): Mutable<ChatRequest> {
  const model = fields.get('model')
  if (!model) throw missing('model')
  const { system, turns } = conversation()
  const instructions = fields.get('instructions')
  const isSaid = instructions !== undefined && instructions.trim() !== ''
  const request: Mutable<ChatRequest> = {
    model,
    system: isSaid ? [{ type: 'text', text: instructions, path: fields.path('instructions') }, ...system] : system,
    turns,
    tools: [],
    keepsCalls: true,
    output: decodeFormat(fields.get('text'), fields.path('text'), report),
    stream: fields.get('stream') ?? false
  }
  decodeLimits(shared, request)
  put(request, 'sampling', samplingOf(fields))
  put(request, 'maxTokens', fields.get('max_output_tokens'))
  if (fields.get('truncation') === 'auto') request.truncates = true
  request.usualMaxTokens = defaults.maxTokens ?? USUAL_LIMIT
  put(request, 'parallelToolCalls', fields.get('parallel_tool_calls'))
  put(request, 'reasoning', decodeEffort(fields.get('reasoning'), fields.path('reasoning'), report))
  put(request, 'serviceTier', decodeTier(fields, report))
  put(request, 'guardrail', decodeGuardrail(shared) ?? defaults.guardrail)
  put(request, 'metadata', decodeMetadata(shared))
  put(request, 'autoCache', decodeAutoCache(shared, report) ?? keyedCache(fields))
  decodeNative(shared, request, report)
  reportMembers(fields, report)
  reportLost(fields, report)
  return request
}

/** A key says that more requests with this beginning will come: Codex sends one with each of its long prompts. */
function keyedCache(fields: ResponsesFields): ChatRequest['autoCache'] {
  const name = fields.get('prompt_cache_options') !== undefined ? 'prompt_cache_options' : 'prompt_cache_key'
  if (fields.get(name) === undefined) return undefined
  return { system: true, tools: true, messages: true, path: fields.path(name) }
}

type TierWord = (typeof FIELDS)['service_tier']['values'][number]

const TIERS: Readonly<Record<TierWord, ServiceTier>> = {
  auto: 'default',
  default: 'default',
  scale: 'default',
  ultrafast: 'default',
  fast: 'priority',
  priority: 'priority',
  flex: 'flex',
  reserved: 'reserved'
}

function decodeTier(fields: ResponsesFields, report: Report): ServiceTier | undefined {
  const tier = fields.get('service_tier') as TierWord | undefined
  if (tier === 'scale' || tier === 'ultrafast') report(fields.path('service_tier'), 'Bedrock has no such tier')
  return tier === undefined ? undefined : TIERS[tier]
}

const penaltiesOf = createSamplingReader(FIELDS, ['frequency_penalty', 'presence_penalty'])

/** A verbosity of medium is what every model has by itself. */
function samplingOf(fields: ResponsesFields): Sampling | undefined {
  const verbosity = fields.get('text')?.verbosity ?? null
  const penalties = penaltiesOf(fields)
  return verbosity === null || verbosity === 'medium' ? penalties : { ...penalties, verbosity }
}

/** Members that only OpenAI's own models know. */
function reportMembers(fields: ResponsesFields, report: Report): void {
  const reasoning = fields.get('reasoning')
  if ((reasoning?.mode ?? null) !== null && reasoning?.mode !== 'standard')
    report(`${fields.path('reasoning')}.mode`, 'Bedrock has no such setting')
}

/** Reports the fields that nothing at Bedrock stands for. */
const reportLost = createLostFields(FIELDS)
