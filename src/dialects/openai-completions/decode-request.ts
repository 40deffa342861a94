import type { Spell } from '../../core/field.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { Mutable } from '../../core/mutable.ts'
import type { ChatRequest } from '../../core/request.ts'
import type { SpeltWarning } from '../../core/warning.ts'
import { GatewayError } from '../../errors.ts'
import type { DecodeTokens } from '../dialect.ts'
import { put } from '../openai/present.ts'
import { optionalBoolean } from '../openai/read-value.ts'
import { badValue, missing, wrongType } from '../openai/refuse.ts'
import { createSamplingReader } from '../openai/sampling.ts'
import { createSpelling, extraName, givenPath, USUAL_WORDS } from '../openai/spelling.ts'
import { eachUnknown, isTellable } from '../openai/unknown-members.ts'
import { decodePrompts } from './decode-prompt.ts'
import { type CompletionFields, FIELDS, readCompletionFields } from './fields.ts'

/** What of a request concerns only the shape of its answer. */
export interface CompletionOptions {
  readonly prompts: readonly string[]
  /** Choices per prompt. */
  readonly count: number
  /** The prompt is repeated before the answer. */
  readonly echo: boolean
  readonly includeUsage: boolean
}

export interface DecodedCompletionRequest {
  /** One conversation of one turn per prompt. */
  readonly requests: readonly [ChatRequest, ...ChatRequest[]]
  readonly options: CompletionOptions
  readonly warnings: readonly SpeltWarning[]
  readonly spell: Spell
}

/** What OpenAI's legacy endpoint writes at most when nothing is said. */
const DEFAULT_MAX_TOKENS = 16
const MAX_CHOICES = 32

const samplingOf = createSamplingReader(FIELDS, ['seed', 'logit_bias', 'presence_penalty', 'frequency_penalty'])

/** Reads a legacy completions body. `null` means absent, unknown fields never fail; what would change the answer's shape does. */
export function decodeCompletionRequest(body: unknown, decodeTokens: DecodeTokens): DecodedCompletionRequest {
  if (!isJsonObject(body)) throw badValue('', 'The request body must be a JSON object.')
  const fields = readCompletionFields(body)
  const model = fields.get('model')
  if (!model) throw missing('model')
  refuseUnsupported(fields)
  const prompts = decodePrompts(fields.get('prompt'), decodeTokens, fields.path('prompt'))
  const count = fields.get('n') ?? 1
  if (prompts.length * count > MAX_CHOICES) {
    const path = fields.path('prompt')
    throw badValue(path, `'${path}' and 'n' ask for ${prompts.length * count} choices; at most ${MAX_CHOICES} are possible.`)
  }
  const shared = sharedFields(fields, model)
  const [first, ...others] = prompts
  const warnings = unknownFields(fields)
  const options = { prompts, count, echo: fields.get('echo') ?? false, includeUsage: includesUsage(fields) }
  return {
    requests: [asTurn(first, shared), ...others.map((prompt) => asTurn(prompt, shared))],
    options,
    warnings,
    spell: completionsSpelling(fields.given)
  }
}

function asTurn(prompt: string, shared: Omit<ChatRequest, 'turns'>): ChatRequest {
  return { ...shared, turns: [{ role: 'user', content: [{ type: 'text', text: prompt, path: 'prompt' }], path: 'prompt' }] }
}

function sharedFields(fields: CompletionFields, model: string): Omit<ChatRequest, 'turns'> {
  const request: Mutable<Omit<ChatRequest, 'turns'>> = {
    model,
    system: [],
    maxTokens: fields.get('max_tokens') ?? DEFAULT_MAX_TOKENS,
    tools: [],
    output: { type: 'text' },
    stream: fields.get('stream') ?? false
  }
  const stop = stopOf(fields)
  const user = fields.get('user')
  put(request, 'temperature', fields.get('temperature'))
  put(request, 'topP', fields.get('top_p'))
  put(request, 'sampling', samplingOf(fields))
  put(request, 'stop', stop.length === 0 ? undefined : stop)
  put(request, 'metadata', user ? { user } : undefined)
  put(request, 'extraFields', fields.extra)
  put(request, 'looseFields', fields.extra && new Set(Object.keys(fields.extra)))
  return request
}

function includesUsage(fields: CompletionFields): boolean {
  const given = fields.get('stream_options')
  return optionalBoolean(given?.include_usage, `${fields.path('stream_options')}.include_usage`) ?? false
}

const STREAM_OPTIONS = new Set(['include_usage'])
const MAX_WARNINGS = 32

function unknownFields(fields: CompletionFields): readonly SpeltWarning[] {
  const params = fields.unknown.filter(isTellable)
  eachUnknown(fields.get('stream_options') ?? NOTHING, STREAM_OPTIONS, (name) =>
    params.push(`${fields.path('stream_options')}.${name}`)
  )
  return params.slice(0, MAX_WARNINGS).map((param) => ({ param, reason: 'not a field that the gateway knows' }))
}

const NOTHING: JsonObject = {}

function refuseUnsupported(fields: CompletionFields): void {
  const refuse = (name: 'suffix' | 'logprobs' | 'best_of', why: string): GatewayError => {
    const param = fields.path(name)
    return new GatewayError('unsupported_parameter', `'${param}' ${why}`, { param })
  }
  if (fields.get('suffix')) throw refuse('suffix', 'is not possible: chat models do not fill in gaps.')
  if (asksForLogprobs(fields)) throw refuse('logprobs', 'is not possible: Bedrock does not tell them.')
  if ((fields.get('best_of') ?? 1) > (fields.get('n') ?? 1))
    throw refuse('best_of', "above 'n' is not possible: without logprobs there is no best.")
}

/** A number at this endpoint; some clients send chat's `false`. */
function asksForLogprobs(fields: CompletionFields): boolean {
  const value = fields.get('logprobs')
  if (value === undefined || value === false) return false
  if (value !== true && !Number.isInteger(value)) throw wrongType(fields.path('logprobs'), 'an integer', value)
  return true
}

function stopOf(fields: CompletionFields): readonly string[] {
  const stop = fields.get('stop')
  const path = fields.path('stop')
  if (stop === undefined) return []
  const all: readonly Json[] = Array.isArray(stop) ? stop : [stop]
  return all.filter((item): item is string => {
    if (typeof item !== 'string') throw wrongType(path, 'a string or an array of strings', item)
    return item !== ''
  })
}

const WORDS = createSpelling({ ...USUAL_WORDS, turns: 'prompt', inputs: 'prompt' })

/** How the caller of one request wrote the core's fields; `given`: the paths of those that were given. */
function completionsSpelling(given: readonly string[]): Spell {
  return (field) => {
    const extra = extraName(field)
    if (extra !== undefined) return [`extra_body.${extra}`]
    return [givenPath(WORDS(field)[0], given)]
  }
}
