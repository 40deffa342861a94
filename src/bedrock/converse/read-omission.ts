import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { Omission } from '../prepare/encode-scope.ts'
import type { EncodedConverse } from './encode-request.ts'

interface Remedy {
  /** Words of the refusal. */
  readonly says: RegExp
  readonly omission: Omission
  /** The request held the thing, so that leaving it out can help. */
  readonly held: (body: JsonObject, encoded: EncodedConverse) => boolean
}

/**
 * Refusals that name one thing the gateway chose to send or can leave out, in Bedrock's and the models' own words.
 * The first that fits is taken, so the exact sentences stand before those that only mention a name.
 */
const REMEDIES: readonly Remedy[] = [
  {
    says: /text field in the ContentBlock object .*is blank/i,
    omission: 'blankText',
    held: (body) => /"text":"(?:\s|\\[nrt])+"/.test(JSON.stringify(body))
  },
  { says: /tool use in streaming mode/i, omission: 'streamingTools', held: (_body, { streaming }) => streaming },
  { says: /cannot both be specified|temperature.{0,20} and .{0,20}top_?p/i, omission: 'topP', held: has('inferenceConfig.topP') },
  {
    says: /disable_parallel_tool_use|field tool_choice/i,
    omission: 'parallelToolCalls',
    held: has('additionalModelRequestFields.tool_choice')
  },
  { says: /thinking may not be enabled when tool_choice|tool_?choice/i, omission: 'toolChoice', held: isForced },
  { says: /\bttl\b/i, omission: 'cacheTtl', held: (body) => JSON.stringify(body).includes('"ttl"') },
  { says: /cachePoint|cache_control/i, omission: 'cachePoint', held: (body) => JSON.stringify(body).includes('"cachePoint"') },
  { says: /\bstrict\b|tools\.\d+\.custom/i, omission: 'strict', held: isStrict },
  {
    says: /output_?config\W{0,3}(?:format|textFormat)|outputConfig|output_format|structured output|json_?schema|response_format|additionalProperties/i,
    omission: 'structuredOutput',
    held: has('outputConfig')
  },
  { says: /\bstatus\b/i, omission: 'status', held: (body) => JSON.stringify(body).includes('"status"') },
  { says: /beta/i, omission: 'betas', held: has('additionalModelRequestFields.anthropic_beta') },
  { says: /prefill|must end with a user/i, omission: 'prefill', held: endsWithAssistant },
  { says: /system (?:prompt|message|instruction|role)|\bsystem field\b/i, omission: 'system', held: has('system') },
  { says: /temperature/i, omission: 'temperature', held: has('inferenceConfig.temperature') },
  { says: /top_?p\b/i, omission: 'topP', held: has('inferenceConfig.topP') },
  { says: /\btop_?k\b|inferenceConfig/i, omission: 'topK', held: hasTopK },
  { says: /thinking|reasoning|\beffort\b/i, omission: 'reasoning', held: hasReasoning },
  { says: /stop_?sequence/i, omission: 'stopSequences', held: has('inferenceConfig.stopSequences') },
  { says: /service_?\s?tier/i, omission: 'serviceTier', held: has('serviceTier') },
  { says: /performance_?config|latency/i, omission: 'latency', held: has('performanceConfig') },
  { says: /response_?field_?paths|json pointer/i, omission: 'responseFields', held: has('additionalModelResponseFieldPaths') }
]

/**
 * Reads Bedrock's sentence of refusal: what can be left out so that the request is taken, as the name of an omission.
 * Undefined where the request itself is at fault, or did not hold what the sentence names.
 */
export function readOmission(message: string, encoded: EncodedConverse): Omission | undefined {
  return (
    mostTokens(message, encoded.body) ??
    REMEDIES.find(({ says, held }) => says.test(message) && held(encoded.body, encoded))?.omission
  )
}

/** A refusal of the thing as such, which holds for whoever asks this model next; any other one may be about this caller's value. */
const LASTING =
  /support|not (?:permitted|allowed|available|enabled|compatible)|extra(?:neous| inputs)|unexpected|unknown|unrecognized|deprecated|cannot both|may not|is blank|must end with a user|maximum tokens|max_tokens: \d+ > \d+/i

/** Tells whether what a refusal names is worth remembering for the model. */
export function isLasting(message: string): boolean {
  return LASTING.test(message)
}

const LIMITS = [/maximum tokens you requested exceeds the model limit of (\d+)/i, /max_tokens: \d+ > (\d+)/i]

/** A limit above the model's own becomes the one that the refusal tells. */
function mostTokens(message: string, body: JsonObject): Omission | undefined {
  const told = LIMITS.map((limit) => Number(limit.exec(message)?.[1])).find((most) => most > 0)
  const asked = at(body, ['inferenceConfig', 'maxTokens'])
  return told !== undefined && typeof asked === 'number' && asked > told ? `maxTokens<=${told}` : undefined
}

function has(path: string): (body: JsonObject) => boolean {
  const steps = path.split('.')
  return (body) => at(body, steps) !== undefined
}

function at(body: Json | undefined, steps: readonly string[]): Json | undefined {
  return steps.reduce<Json | undefined>((value, step) => (isJsonObject(value) ? value[step] : undefined), body)
}

function isForced(body: JsonObject): boolean {
  const choice = at(body, ['toolConfig', 'toolChoice'])
  return isJsonObject(choice) && choice.auto === undefined
}

function isStrict(body: JsonObject): boolean {
  const tools = at(body, ['toolConfig', 'tools'])
  return Array.isArray(tools) && tools.some((tool: Json) => at(tool, ['toolSpec', 'strict']) === true)
}

function endsWithAssistant({ messages }: JsonObject): boolean {
  const last = Array.isArray(messages) ? messages[messages.length - 1] : undefined
  return at(last, ['role']) === 'assistant'
}

const REASONING_FIELDS = ['thinking', 'output_config', 'reasoning', 'reasoning_effort', 'reasoning_config', 'reasoningConfig']

function hasReasoning(body: JsonObject): boolean {
  const fields = body.additionalModelRequestFields
  return isJsonObject(fields) && REASONING_FIELDS.some((name) => fields[name] !== undefined)
}

const TOP_K_FIELDS = [['top_k'], ['k'], ['inferenceConfig', 'topK']]

function hasTopK({ additionalModelRequestFields }: JsonObject): boolean {
  return TOP_K_FIELDS.some((path) => at(additionalModelRequestFields, path) !== undefined)
}
