import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { ChatRequest } from '../../core/request.ts'
import type { SpeltWarning } from '../../core/warning.ts'
import { GatewayError } from '../../errors.ts'
import type { DecodeTokens } from '../dialect.ts'
import { badValue, missing, outOfRange, wrongType } from '../openai/refuse.ts'
import { decodePrompts } from './decode-prompt.ts'

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
}

/** What OpenAI's legacy endpoint writes at most when nothing is said. */
const DEFAULT_MAX_TOKENS = 16
const MAX_CHOICES = 32
/** Sent on as they are: what the model cannot do is left out and reported there. */
const UNMAPPED = ['seed', 'logit_bias', 'presence_penalty', 'frequency_penalty', 'user']

/** Reads a legacy completions body. `null` means absent, unknown fields never fail; what would change the answer's shape does. */
export function decodeCompletionRequest(body: unknown, decodeTokens: DecodeTokens): DecodedCompletionRequest {
  if (!isJsonObject(body)) throw badValue('', 'The request body must be a JSON object.')
  const { model } = body
  if (typeof model !== 'string' || model === '') throw missing('model')
  refuseUnsupported(body)
  const prompts = decodePrompts(body.prompt, decodeTokens)
  const count = number(body, 'n', { min: 1, max: 8, whole: true }) ?? 1
  if (prompts.length * count > MAX_CHOICES)
    throw badValue('prompt', `'prompt' and 'n' ask for ${prompts.length * count} choices; at most ${MAX_CHOICES} are possible.`)
  const shared = { ...sharedFields(body), model }
  const [first, ...others] = prompts
  const options = {
    prompts,
    count,
    echo: body.echo === true,
    includeUsage: isJsonObject(body.stream_options) && body.stream_options.include_usage === true
  }
  return { requests: [asTurn(first, shared), ...others.map((prompt) => asTurn(prompt, shared))], options, warnings: [] }
}

function asTurn(prompt: string, shared: Omit<ChatRequest, 'turns'>): ChatRequest {
  return { ...shared, turns: [{ role: 'user', content: [{ type: 'text', text: prompt, path: 'prompt' }], path: 'prompt' }] }
}

function sharedFields(body: JsonObject): Omit<ChatRequest, 'turns' | 'model'> {
  const temperature = number(body, 'temperature', { min: 0, max: 2 })
  const topP = number(body, 'top_p', { min: 0, max: 1 })
  const stop = stopOf(body.stop)
  const said = (value: Json | undefined) => value !== undefined && value !== null && value !== 0 && value !== ''
  return {
    system: [],
    maxTokens: number(body, 'max_tokens', { min: 1, whole: true }) ?? DEFAULT_MAX_TOKENS,
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(stop.length === 0 ? {} : { stop }),
    tools: [],
    output: { type: 'text' },
    stream: body.stream === true,
    unmapped: Object.fromEntries(UNMAPPED.flatMap((name) => (said(body[name]) ? [[name, body[name] as Json]] : [])))
  }
}

function refuseUnsupported({ suffix, logprobs, best_of, n }: JsonObject): void {
  const refuse = (param: string, why: string): GatewayError => new GatewayError('unsupported_parameter', why, { param })
  if (typeof suffix === 'string' && suffix !== '')
    throw refuse('suffix', "'suffix' is not possible: chat models do not fill in gaps.")
  if (typeof logprobs === 'number' || logprobs === true)
    throw refuse('logprobs', "'logprobs' is not possible: Bedrock does not tell them.")
  if (typeof best_of === 'number' && best_of > (typeof n === 'number' ? n : 1))
    throw refuse('best_of', "'best_of' above 'n' is not possible: without logprobs there is no best.")
}

interface Range {
  readonly min: number
  readonly max?: number
  readonly whole?: true
}

function number(body: JsonObject, name: string, { min, max = Number.POSITIVE_INFINITY, whole }: Range): number | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number' || (whole && !Number.isSafeInteger(value)))
    throw wrongType(name, whole ? 'an integer' : 'a decimal', value)
  if (value < min) throw outOfRange(name, value, { min })
  if (value > max) throw outOfRange(name, value, { max })
  return value
}

function stopOf(stop: Json | undefined): readonly string[] {
  if (stop === undefined || stop === null) return []
  const all: readonly Json[] = Array.isArray(stop) ? stop : [stop]
  return all.filter((item): item is string => {
    if (typeof item !== 'string') throw wrongType('stop', 'a string or an array of strings', item)
    return item !== ''
  })
}
