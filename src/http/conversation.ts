import type { FastifyInstance, FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify'
import type { ChatAnswer, ChatRun } from '../bedrock/bedrock.ts'
import { guessPrompt } from '../core/guess-prompt.ts'
import { HEAVY_BYTES, heavyWork } from '../core/heavy-work.ts'
import type { Mutable } from '../core/mutable.ts'
import { withoutOldest } from '../core/oldest-turns.ts'
import type { ChatRequest } from '../core/request.ts'
import type { Warning } from '../core/warning.ts'
import type { Dialect, Head } from '../dialects/dialect.ts'
import { GatewayError } from '../errors.ts'
import { keyPairs } from '../keys/key-metadata.ts'
import type { Records } from '../state/response-store.ts'
import { streamAnswers } from './answer-stream.ts'
import {
  type Answers,
  announceAnswers,
  announceFlaws,
  foldAnswer,
  type MeteredAnswer,
  metered,
  type Refitting
} from './answers.ts'
import { asksCacheMiss, asksExplanation } from './asks-explanation.ts'
import { announceCost } from './cost.ts'
import { deploymentModel } from './deployment.ts'
import { sendExplanation } from './explain.ts'
import { foldWhole } from './fold-whole.ts'
import { paidTerms } from './paid-terms.ts'
import { randomId } from './random-id.ts'
import { type Sizing, sizingOf } from './right-size.ts'
import { vocabulary } from './vocabulary.ts'

/** What a route of a dialect is registered with, beside its path and its handler. */
export function conversationRoute<Options>({ errors, schema }: Dialect<Options>): RouteShorthandOptions {
  return { preValidation: deploymentModel, config: { errors }, ...(schema === undefined ? {} : { schema: { body: schema } }) }
}

/** How a route converses. */
export interface Conversing {
  /** It only tells what would be sent, as any conversation does whose caller asks for that. */
  readonly isExplanation?: boolean
}

/**
 * Makes the handler of every dialect that converses: reads the body, finds the model, asks Bedrock, and writes the answer, whole or
 * as a stream. All words are the dialect's.
 */
export function converse<Options>(app: FastifyInstance, dialect: Dialect<Options>, { isExplanation = false }: Conversing = {}) {
  const { config } = app
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const context = { headers: request.headers, reasoningFormat: config.answers.reasoningFormat, vocabulary }
    const records = dialect.keepsRecords === undefined ? undefined : app.recordsOf(request, reply)
    const { isHeavy } = request
    const decode = () =>
      dialect.decode(request.body, dialect.keepsRecords === undefined ? context : { ...context, ...ownContext(config, records) })
    const decoding = isHeavy ? heavyWork.turn(decode) : decode()
    const { requests, count, options, warnings, spell } = decoding instanceof Promise ? await decoding : decoding
    request.body = {} // a long answer shall not hold a long question
    request.spell = spell
    if (dialect.errors.idHeader !== undefined) reply.header(dialect.errors.idHeader, request.id)
    const [{ model, stream }] = requests
    const { record } = request
    record.stream = stream
    const explains = isExplanation || asksExplanation(request)
    if (request.admission !== undefined && !explains)
      await request.admission.reserve(wanted(requests, config.answers.defaultMaxTokens) * count)
    const found = app.resolve(model, 'chat', request)
    const targets = found instanceof Promise ? await found : found
    const bodyLength = Number(request.headers['content-length'] ?? 0)
    record.promptGuess = Math.max(...requests.map((one) => guessPrompt(one, bodyLength)))
    const input = record.promptGuess * requests.length * count
    const output = most(requests, config.answers.defaultMaxTokens ?? LONGEST_UNASKED) * count
    const terms = paidTerms(requests, config.answers.promptCaching === 'auto')
    const held = explains ? undefined : app.holdBudget(request, reply, { models: targets, input, output, terms })
    if (held !== undefined) await held
    const filling = requests.map((one) => app.media.fill(one, request.cancel, request.bodyHold))
    const filled = filling.some((one) => one instanceof Promise)
      ? await Promise.all(filling)
      : (filling as readonly ChatRequest[])
    // Records that the request refers to, and media that were fetched, are work too.
    const isHeavyNow =
      isHeavy || (request.bodyHold?.bytes ?? 0) >= HEAVY_BYTES || filled.some((one, index) => one !== requests[index])
    if (explains) {
      const { promptGuess } = record
      return sendExplanation(app, request, reply, {
        requests: filled,
        count,
        targets,
        isHeavy: isHeavyNow,
        warnings,
        promptGuess
      })
    }
    request.record.upstreamStartedAt = performance.now()
    const started = startAnswers(app, request, {
      requests: filled,
      targets,
      count,
      isHeavy: isHeavyNow
    })
    if (stream) {
      const begin = beginning(dialect, options, requests.length * count)
      return streamAnswers(started, { request, reply, config, warnings, begin, model: targets[0].id })
    }
    const answers = await started
    announceAnswers(request, reply, answers, warnings)
    const { given, completions } = await foldWhole(answers, request, reply)
    request.record.upstreamEndedAt = performance.now()
    announceFlaws(request, reply, given)
    announceCost(request, reply)
    return dialect.encode(completions, newHead(dialect.idPrefix, given[0].model), options)
  }
}

/** How a stream begins. Made outside the handler, whose every variable it would hold until the answer is over: the question, and what was read of it. */
function beginning<Options>(dialect: Dialect<Options>, options: Options, choices: number) {
  return (model: string) => dialect.stream(options, newHead(dialect.idPrefix, model), choices)
}

/** What only a dialect that keeps records has of its context. */
function ownContext({ answers, responses }: FastifyInstance['config'], records: Records | undefined) {
  const maxTokens = responses.maxTokens ?? answers.defaultMaxTokens
  return { ...(maxTokens === undefined ? {} : { maxTokens }), ...(records === undefined ? {} : { records }) }
}

/** Times that the oldest turns are left out of one request. */
const MOST_CUTS = 2

/** Asks; a conversation that is too long for the model and may be cut is asked again without its oldest turns, which is reported. */
function chat(bedrock: FastifyInstance['bedrock'], run: ChatRun): Promise<ChatAnswer> {
  return run.request.truncates === undefined ? bedrock.chat(run) : chatCutting(bedrock, run)
}

async function chatCutting(bedrock: FastifyInstance['bedrock'], run: ChatRun): Promise<ChatAnswer> {
  let { request } = run
  for (let cuts = 0; ; cuts++) {
    try {
      const answer = await bedrock.chat({ ...run, request })
      return cuts === 0 ? answer : { ...answer, warnings: [...answer.warnings, CUT] }
    } catch (error) {
      const turns = isTooLong(error) && cuts < MOST_CUTS ? withoutOldest(request.turns) : undefined
      if (turns === undefined) throw error
      request = { ...request, turns }
    }
  }
}

const CUT: Warning = {
  param: 'truncation',
  reason: 'the conversation was too long for the model; its oldest turns were left out'
}

function isTooLong(error: unknown): boolean {
  return error instanceof GatewayError && error.kind === 'context_length_exceeded'
}

/** Tokens that an answer may well have whose caller sets no limit. */
const USUAL_ANSWER = 1024

/** Tokens that Bedrock is let write at most where neither the caller nor the operator sets a limit. */
const LONGEST_UNASKED = 8192

/** Tokens of the answers that are asked for, at most. */
function wanted(requests: readonly ChatRequest[], usual = USUAL_ANSWER): number {
  return requests.reduce((sum, { maxTokens = usual }) => sum + maxTokens, 0)
}

/** The same with what the dialect lets write where nobody sets a limit. */
function most(requests: readonly ChatRequest[], usual: number): number {
  return requests.reduce((sum, { usualMaxTokens = usual, maxTokens = usualMaxTokens }) => sum + maxTokens, 0)
}

/** A new answer's id and time, the same in all of its parts. */
function newHead(idPrefix: string, model: string): Head {
  return { id: `${idPrefix}${randomId()}`, created: Math.floor(Date.now() / 1000), model }
}

interface Questions {
  readonly requests: readonly ChatRequest[]
  readonly targets: Parameters<FastifyInstance['bedrock']['chat']>[0]['targets']
  /** Answers wanted to each. */
  readonly count: number
  readonly isHeavy: boolean
}

/**
 * Asks everything at once and resolves when every answer has begun: all choices of the first question, then of the next.
 * They come together or not at all: the error of one is thrown, and the request's end ends the others. What they cost is counted all the same.
 */
function startAnswers(
  app: FastifyInstance,
  request: FastifyRequest,
  { requests, targets, count, isHeavy }: Questions
): Promise<Answers> {
  const run = {
    owner: request.apiKey?.name ?? '',
    targets,
    signal: request.cancel,
    isHeavy,
    watchesPrefix: asksCacheMiss(request)
  }
  const { record } = request
  record.aim = { model: targets[0].id, region: app.bedrock.region }
  const { apiKey } = request
  const [only] = requests
  // Nearly every request is one question for one answer.
  if (requests.length === 1 && count === 1 && only !== undefined)
    return askOne(app, request, { ...run, request: named(only, apiKey) }).then(alone)
  const asked = requests.flatMap((one) => {
    const shared = { siblings: {}, request: named(one, apiKey) }
    return Array.from({ length: count }, () => askOne(app, request, { ...run, ...shared }))
  })
  const all = Promise.all(asked) as Promise<unknown> as Promise<Answers>
  return all.catch((error: unknown) => settleOthers(asked, request, error))
}

/** The request with the pairs of its key. It is ours alone, made for this caller, and not copied. */
function named(request: ChatRequest, key: FastifyRequest['apiKey']): ChatRequest {
  const own = request as Mutable<ChatRequest>
  const pairs = keyPairs(key)
  if (pairs !== undefined) own.keyPairs = pairs
  return own
}

function askOne(app: FastifyInstance, request: FastifyRequest, run: ChatRun): Promise<MeteredAnswer> {
  const sizing = sizingOf(request, run.request)
  return sizing === undefined ? ask(app, request, run) : askFitting(app, request, run, sizing)
}

function ask(app: FastifyInstance, request: FastifyRequest, run: ChatRun, refitting?: Refitting): Promise<MeteredAnswer> {
  const isGuarded = run.request.guardrail !== undefined
  return chat(app.bedrock, run).then((answer) => metered(request, answer, isGuarded, refitting))
}

/** Asks with the limit that fits, where one is known; what is not given piece by piece can be asked for again without. */
function askFitting(app: FastifyInstance, request: FastifyRequest, run: ChatRun, sizing: Sizing): Promise<MeteredAnswer> {
  const refitting = run.request.stream ? { sizing } : { sizing, again: () => ask(app, request, repairing(run), { sizing }) }
  return ask(app, request, { ...run, fit: (model) => sizing.limitFor(model) }, refitting)
}

function repairing({ siblings: _theirs, watchesPrefix: _told, ...run }: ChatRun): ChatRun {
  return { ...run, isRepair: true }
}

function alone(answer: MeteredAnswer): Answers {
  return [answer]
}

/** Whole answers that came although another one failed have told what they used; it is counted before the request is over. */
async function settleOthers(asked: readonly Promise<MeteredAnswer>[], request: FastifyRequest, error: unknown): Promise<never> {
  if (request.record.stream !== true) {
    const outcomes = await Promise.allSettled(asked)
    const whole = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    await Promise.allSettled(whole.map((answer) => foldAnswer(answer, request)))
  }
  throw error
}
