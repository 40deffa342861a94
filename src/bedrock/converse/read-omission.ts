import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { GatewayError } from '../../errors.ts'
import type { Refused } from '../codec/chat-codec.ts'
import type { Omission } from '../prepare/encode-scope.ts'
import { cacheSpots, standAmongOneKind } from './cache-spots.ts'
import type { EncodedConverse } from './encode-request.ts'
import { provesMissing } from './missing-fields.ts'
import { everySchema, namedSchema } from './refused-schemas.ts'

/**
 * Reads Bedrock's sentence of refusal. Undefined where the request itself is at fault, did not hold what the sentence names,
 * or has been tried without it (`tried`: joined names of omissions that did not help).
 */
export function readOmission(error: unknown, encoded: EncodedConverse, tried: ReadonlySet<string> = NONE): Refused | undefined {
  if (!(error instanceof GatewayError)) return undefined
  const said = bareSentence(error.message)
  if (error.kind !== 'invalid_request' && !(error.kind === 'access_denied' && DENIED.test(said))) return undefined
  for (const { says, omit } of REFUSALS) {
    const match = says.exec(said)
    const omissions = match === null ? [] : omit(encoded, match, tried)
    if (omissions.length === 0 || tried.has(omissions.join())) continue
    return { omissions, isMissing: isProven(said, omissions, encoded) }
  }
  return undefined
}

/** The gateway's own fields alone are in question, and a cache point among blocks of one kind alone. */
function isProven(said: string, omissions: readonly Omission[], { body, hasOwnFields }: EncodedConverse): boolean {
  if (hasOwnFields || !provesMissing(said, omissions)) return false
  return !omissions.some((omission) => omission.startsWith('cachePoint.')) || standAmongOneKind(body)
}

const NONE: ReadonlySet<string> = new Set()
/** Bedrock says it as 403 or 400, with advice about the account or without (B32). */
const DENIED = /prompt caching|nova_grounding|InvokeTool/i
/** Nova searches the web from regions of the US alone, and for roles that may (Nova's guide, 2026-11). */
const NO_SEARCH = /nova_grounding|system ?tool|InvokeTool/i

/** The sentence without what Bedrock puts around the words of a model. */
function bareSentence(message: string): string {
  return message
    .replace(/^The model returned the following errors: /, '')
    .replace(/^Malformed input request: /, '')
    .replace(/, please reformat your input and try again\.$/, '')
}

/** Reasoning of another model, with a broken signature, moved, changed, or with another past (B28). */
const REASONING_BLOCKS =
  /signature|redacted_thinking|redacted_?content|reasoning_?content|reasoning_?text|cannot be modified|bound to a different conversation|encrypted_content/i

/** What sentences about a schema speak of, in the words of any family. */
const SCHEMA = /schema|\$ref|\$defs|\bdefinitions\b|property keys|function parameters/i

interface Row {
  readonly says: RegExp
  /** What to leave out; nothing where the request does not hold it. */
  readonly omit: (encoded: EncodedConverse, match: RegExpExecArray, tried: ReadonlySet<string>) => readonly Omission[]
}

/**
 * Refusals that name one thing the gateway chose to send or can leave out, in Bedrock's and the models' own words.
 * The first that fits is taken, so the exact sentences stand before those that only mention a name. A wrong guess costs
 * this one request a call: what is remembered is decided by `provesMissing` alone.
 */
const REFUSALS: readonly Row[] = [
  {
    says: /not permitted|extraneous|unrecognized|(?:unknown|unexpected) (?:field|key|name|parameter|argument)/i,
    omit: (encoded, { input }) => looseFields(encoded, input)
  },
  row(/text field in the ContentBlock object .*is blank/i, 'blankText', (body) => /"text":"(?:\s|\\[nrt])+"/.test(json(body))),
  { says: /(\S{1,200}) is a reserved keyword/i, omit: ({ body }, match) => reservedLine(body, match[1] ?? '') },
  row(NO_SEARCH, 'webSearch', (body) => json(body).includes('"nova_grounding"')),
  row(/tool use in streaming mode/i, 'streamingTools', (_body, { streaming }) => streaming),
  row(
    /cannot both be specified|temperature.{0,20} and .{0,20}top_?p/i,
    'topPWithTemperature',
    (body) => has('inferenceConfig.topP')(body) && has('inferenceConfig.temperature')(body)
  ),
  // With a budget the last turn must begin with its reasoning; without any to begin with, the budget has to go.
  { says: /^(?:\S+: )?Expected .{0,60}thinking.{0,60}found/, omit: ({ body }, match) => reasoning(body, match.input) },
  row(/block_binding|prefix_mismatch/i, 'blockBinding', holdsBinding),
  row(/beta/i, 'blockBinding', holdsBinding),
  row(REASONING_BLOCKS, 'reasoningBlocks', (body) => json(body).includes('"reasoningContent"')),
  row(/disable_parallel_tool_use|field tool_choice/i, 'parallelToolCalls', has('additionalModelRequestFields.tool_choice')),
  {
    says: /toolConfig\.toolChoice\.(any|tool)\b/,
    omit: ({ body }, match) => forcedBy(body, match[1] === 'any' ? 'any' : 'tool')
  },
  { says: /thinking may not be enabled when tool_choice|tool_?choice/i, omit: ({ body }) => forced(body) },
  row(/\bttl\b/i, 'cacheTtl', (body) => json(body).includes('"ttl"')),
  { says: /cachePoint|cache_control|prompt caching/i, omit: ({ body }, match) => cachePoints(body, match.input) },
  // Claude on Bedrock says so of a cache point that it cannot hang on the block before it (B33).
  { says: /messages\.\d+\.content\.\d+\.type: Field required/, omit: ({ body }) => cachePoints(body, '#/messages') },
  // One schema that is refused is sent with its members alone (Dokploy/mcp#74, harness-sdk#565, cua#3303).
  { says: /tools?\b.*input_?schema/i, omit: (encoded, { input }, tried) => namedSchema(encoded, input, tried) },
  row(/compiled grammar|grammar is too large/i, 'strict', isStrict),
  row(/compiled grammar|grammar is too large/i, 'structuredOutput', has('outputConfig')),
  {
    says: /compiled grammar|grammar is too large/i,
    omit: ({ body }) => (isStrict(body) && has('outputConfig')(body) ? ['strict', 'structuredOutput'] : [])
  },
  row(/\bstrict\b|tools\.\d+\.custom/i, 'strict', isStrict),
  { says: SCHEMA, omit: (encoded, { input }, tried) => namedSchema(encoded, input, tried) },
  row(
    /output_?config\W{0,3}(?:format|textFormat)|outputConfig|output_format|structured output|json_?schema|response_format|additionalProperties/i,
    'structuredOutput',
    has('outputConfig')
  ),
  row(/\bstatus\b/i, 'status', (body) => json(body).includes('"status"')),
  row(/beta/i, 'betas', has('additionalModelRequestFields.anthropic_beta')),
  row(/prefill|must end with a user/i, 'prefill', endsWithAssistant),
  row(/role: Input should be 'user' or 'assistant'/, 'systemTurns', (body) => json(body).includes('"systemText"')),
  row(/support.{0,40}system (?:prompt|message|instruction|role)|\bsystem field\b/i, 'system', has('system')),
  { says: /\bsystem\.(\d+)\b/, omit: ({ body }, match) => refusedText(body, Number(match[1])) },
  row(/temperature/i, 'temperature', has('inferenceConfig.temperature')),
  row(/top_?p\b/i, 'topP', has('inferenceConfig.topP')),
  row(/\btop_?k\b|inferenceConfig/i, 'topK', hasTopK),
  { says: /thinking|reasoning|\beffort\b/i, omit: ({ body }, match) => reasoning(body, match.input) },
  row(/stop_?sequence/i, 'stopSequences', has('inferenceConfig.stopSequences')),
  row(/service_?\s?tier/i, 'serviceTier', has('serviceTier')),
  row(/performance_?config|latency/i, 'latency', has('performanceConfig')),
  row(/response_?field_?paths|json pointer/i, 'responseFields', has('additionalModelResponseFieldPaths')),
  {
    says: /^The maximum tokens you requested exceeds the model limit of (\d+)/,
    omit: ({ body }, match) => mostTokens(body, match)
  },
  { says: /max_tokens: \d+ > (\d+)/, omit: ({ body }, match) => mostTokens(body, match) },
  { says: SCHEMA, omit: (encoded) => everySchema(encoded) }
]

function row(says: RegExp, omission: Omission, held: (body: JsonObject, encoded: EncodedConverse) => boolean): Row {
  return { says, omit: (encoded) => (held(encoded.body, encoded) ? [omission] : []) }
}

/** Fields of the caller's that the sentence names and that can be left out. */
function looseFields({ body, looseFields }: EncodedConverse, said: string): readonly Omission[] {
  if (looseFields === undefined) return []
  const words = [...new Set(said.split(/[^\w-]+/))]
  return words
    .filter((name) => looseFields.has(name) && at(body, ['additionalModelRequestFields', name]) !== undefined)
    .map((name): Omission => `extra field ${name}`)
}

/** A limit above the model's own becomes the one that the refusal tells. */
function mostTokens(body: JsonObject, match: RegExpExecArray): readonly Omission[] {
  const told = Number(match[1])
  const asked = at(body, ['inferenceConfig', 'maxTokens'])
  return told > 0 && typeof asked === 'number' && asked > told ? [`maxTokens<=${told}`] : []
}

function forced(body: JsonObject): readonly Omission[] {
  const isForced = [...forcedBy(body, 'any'), ...forcedBy(body, 'tool')].length > 0
  return isForced ? ['toolChoice.any', 'toolChoice.tool'] : []
}

function forcedBy(body: JsonObject, kind: 'any' | 'tool'): readonly Omission[] {
  return has(`toolConfig.toolChoice.${kind}`)(body) ? [`toolChoice.${kind}`] : []
}

/** All points of the part that the sentence names by its path, else all there are. */
function cachePoints(body: JsonObject, said: string): readonly Omission[] {
  const spots = cacheSpots(body)
  const [, part] = /(?:#\/|\b)(toolConfig|tools|system|messages)[/.]/.exec(`${said}/`) ?? []
  const named = spots.filter((spot) => {
    if (part === undefined) return true
    return spot === 'tools' || spot === 'system'
      ? part.startsWith(spot) || (spot === 'tools' && part === 'toolConfig')
      : part === 'messages'
  })
  return named.map((spot): Omission => `cachePoint.${spot}`)
}

function systemTexts({ system }: JsonObject): readonly string[] {
  const items: readonly Json[] = Array.isArray(system) ? system : []
  return items.flatMap((item) => (isJsonObject(item) && typeof item.text === 'string' ? [item.text] : []))
}

/** A word that may not stand in a system prompt: the lines that hold it are left out, the rest of the prompt is not at fault. */
function reservedLine(body: JsonObject, word: string): readonly Omission[] {
  return systemTexts(body).some((text) => text.includes(word)) ? [`system line with ${word}`] : []
}

function refusedText(body: JsonObject, index: number): readonly Omission[] {
  const text = systemTexts(body)[index]
  return text === undefined ? [] : [`system text ${text}`]
}

/** What asks for reasoning and what switches it off are two things: a model may lack one of them. */
function reasoning(body: JsonObject, said: string): readonly Omission[] {
  if (!hasReasoning(body)) return []
  const [, type] = /thinking\.type\.(\w+)/.exec(said) ?? []
  if (type !== undefined) return [type === 'disabled' ? 'reasoningOff' : 'reasoning']
  return ['reasoning', 'reasoningOff']
}

function has(path: string): (body: JsonObject) => boolean {
  const steps = path.split('.')
  return (body) => at(body, steps) !== undefined
}

function at(body: Json | undefined, steps: readonly string[]): Json | undefined {
  return steps.reduce<Json | undefined>((value, step) => (isJsonObject(value) ? value[step] : undefined), body)
}

function json(body: JsonObject): string {
  return JSON.stringify(body)
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

function holdsBinding(body: JsonObject): boolean {
  return at(body, ['additionalModelRequestFields', 'thinking', 'block_binding']) !== undefined
}

const TOP_K_FIELDS = [['top_k'], ['k'], ['inferenceConfig', 'topK']]

function hasTopK({ additionalModelRequestFields }: JsonObject): boolean {
  return TOP_K_FIELDS.some((path) => at(additionalModelRequestFields, path) !== undefined)
}
