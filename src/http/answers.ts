import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ChatAnswer } from '../bedrock/bedrock.ts'
import { type Completion, createCollector } from '../core/collect.ts'
import type { EventBatch, FinishDetails, FinishReason } from '../core/event.ts'
import { spelt } from '../core/field.ts'
import { promptTokens } from '../core/usage.ts'
import type { Warning } from '../core/warning.ts'
import { AnswerMeter } from './answer-meter.ts'
import { asksCacheMiss } from './asks-explanation.ts'
import { settleUsage } from './cost.ts'
import type { RequestRecord } from './request-record.ts'
import { noteSize, type Sizing, tellLimits } from './right-size.ts'

/** At least one answer; more when the caller asked for several choices. */
export type Answers = readonly [MeteredAnswer, ...MeteredAnswer[]]

/** An answer with the meter of its cost. */
export type MeteredAnswer = ChatAnswer & { readonly meter: AnswerMeter } & Refitting

/** What an answer has whose limit may have been made to fit. */
export interface Refitting {
  readonly sizing?: Sizing
  /** Asks the same once more with the limit that it has without; absent: it cannot be taken back. */
  readonly again?: () => Promise<MeteredAnswer>
}

/** Tells the caller and the log which model answers, and what could not be carried to it. */
export function announceAnswers(
  request: FastifyRequest,
  reply: FastifyReply,
  answers: Answers,
  warnings: readonly Warning[]
): void {
  const { record } = request
  const [first] = answers
  record.model = first.model
  record.region = first.region
  if (first.pool !== undefined) record.pool = first.pool
  record.attempts = answers.reduce((sum, answer) => sum + answer.attempts, 0)
  record.firstEventAt = performance.now()
  request.bodyHold?.sent()
  noteDropped(request, reply, warnings)
  for (const answer of answers) noteDropped(request, reply, answer.warnings)
  tellMiss(request, reply, answers)
  nameAnswer(request, reply, first)
  tellLimits(request, reply, answers)
}

/** Tells the log, and who asks for it, where a conversation has left the prefix that could have been read from the cache. */
function tellMiss(request: FastifyRequest, reply: FastifyReply, answers: Answers): void {
  const cacheMiss = answers.find((answer) => answer.cacheMiss !== undefined)?.cacheMiss
  if (cacheMiss === undefined) return
  request.record.cacheMiss = cacheMiss
  if (!reply.raw.headersSent && asksCacheMiss(request)) reply.header('x-adit-cache-miss', cacheMiss)
}

/** Tells where the answer comes from as the record has it, which model gave it where it was asked for by another name, and Bedrock's own id of the call. */
export function nameAnswer(
  { record }: FastifyRequest,
  reply: FastifyReply,
  { model, requestId }: Pick<ChatAnswer, 'model' | 'requestId'>
): void {
  if (requestId !== undefined) record.upstreamRequestId = requestId
  if (reply.raw.headersSent) return
  if (requestId !== undefined) reply.header('x-amzn-requestid', requestId)
  if (record.region !== undefined) reply.header('x-adit-region', record.region)
  if (record.pool !== undefined) reply.header('x-adit-pool', record.pool)
  if (model !== record.asked) reply.header('x-adit-model', headerSafe(model))
}

/**
 * Tells what was found wrong with answers that have been read: in the header where it is not sent yet, and in the log.
 * An answer that does not fit the caller's schema is given all the same, and named `response_format`.
 */
export function announceFlaws(request: FastifyRequest, reply: FastifyReply, answers: Answers): void {
  for (const answer of answers) noteDropped(request, reply, answer.flaws())
}

/** Names what could not be carried, in the log and, where it is not sent yet, in the header. */
export function noteDropped(request: FastifyRequest, reply: FastifyReply, warnings: readonly Warning[]): void {
  const { record, spell } = request
  for (const warning of warnings) for (const param of spelt(warning, spell)) noteParam(record, param)
  if (record.dropped !== undefined && !reply.raw.headersSent) reply.header('x-adit-dropped', headerList(record.dropped))
}

/** Names of members come from the caller. Characters. */
const LONGEST_PARAM = 200

function noteParam(record: RequestRecord, told: string): void {
  const param = told.length <= LONGEST_PARAM ? told : told.slice(0, LONGEST_PARAM)
  if (record.dropped === undefined) record.dropped = [param]
  else if (!record.dropped.includes(param)) record.dropped = [...record.dropped, param]
}

/** Begins to measure an answer that has begun. */
export function metered(
  { record }: FastifyRequest,
  answer: ChatAnswer,
  isGuarded: boolean,
  refitting?: Refitting
): MeteredAnswer {
  const meter = new AnswerMeter(answer, isGuarded)
  if (record.meters === undefined) record.meters = [meter]
  else record.meters.push(meter)
  return { ...answer, meter, ...refitting }
}

/** Notes for the log what a passing batch says about the end of the answer. Gives it back, with the cost in its usage where the caller asks. */
export function noteBatch(request: FastifyRequest, batch: EventBatch, meter: AnswerMeter): EventBatch {
  const { record } = request
  if (record.answered !== undefined) for (const event of batch) if ('text' in event) record.answered += event.text.length
  meter.see(batch)
  let told = batch
  for (let i = batch.length - 1; i >= 0; i--) {
    const event = batch[i]
    if (event?.type === 'finish') {
      meter.finish = event.reason
      noteFinish(request, event.reason, event.details)
    } else if (event?.type === 'usage') {
      meter.outputTokens = event.usage.outputTokens
      record.promptTokens = (record.promptTokens ?? 0) + promptTokens(event.usage)
      record.completionTokens = (record.completionTokens ?? 0) + event.usage.outputTokens
      record.cachedTokens = (record.cachedTokens ?? 0) + event.usage.cacheReadTokens
      const priced = settleUsage(request, meter, event)
      if (priced !== event) told = batch.with(i, priced)
    } else if (event?.type !== 'block-end') break // finish and usage are last
  }
  return told
}

/** A word that nobody knows stands in the log as it came, and its place in the answer is named as not carried. */
function noteFinish({ record, spell }: FastifyRequest, reason: FinishReason, { raw, isUnknown }: FinishDetails): void {
  record.finish = isUnknown === true && raw !== '' ? raw.slice(0, LONGEST_WORD) : LOGGED[reason]
  if (isUnknown === true) noteParam(record, spell('finish')[0])
}

/** The words of the log, which dashboards count; whatever dialect asked. */
const LOGGED: Readonly<Record<FinishReason, string>> = {
  end: 'stop',
  'stop-sequence': 'stop',
  length: 'length',
  'context-full': 'length',
  'tool-calls': 'tool-calls',
  filtered: 'content-filter',
  refusal: 'content-filter',
  pause: 'pause',
  malformed: 'malformed'
}

/** Characters. */
const LONGEST_WORD = 64

/** Reads one answer to its end. Throws when it was cut. */
export async function foldAnswer(answer: MeteredAnswer, request: FastifyRequest): Promise<Completion> {
  const folder = createCollector()
  for await (const batch of answer.events) {
    for (const event of noteBatch(request, batch, answer.meter)) folder.add(event)
  }
  noteSize(answer)
  return folder.result()
}

/** Clients of Node take 16 KB of headers in all, and a request may have a thousand tools. Characters. */
const LONGEST_LIST = 4096

function headerList(names: readonly string[]): string {
  const all = headerSafe(names.join(', '))
  return all.length <= LONGEST_LIST ? all : `${all.slice(0, all.lastIndexOf(', ', LONGEST_LIST))}, ...`
}

function headerSafe(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '_')
}
