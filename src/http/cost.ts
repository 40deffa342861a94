import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ModelEvent } from '../core/event.ts'
import { CHARACTERS_PER_TOKEN } from '../core/guess-prompt.ts'
import type { Json } from '../core/json.ts'
import { dollars, NO_USAGE, type Usage } from '../core/usage.ts'
import { asksCost } from '../dialects/asks-cost.ts'
import type { Answered, Bill } from '../prices/pricer.ts'
import type { AnswerMeter } from './answer-meter.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Adds what a guardrail cost that was asked by itself, by the units it counted; undefined: it does not tell. */
    chargeGuardrail(request: FastifyRequest, units: Json | undefined): void
    /** What a guardrail may cost at most that reads so many characters, nano-dollars. */
    mostOfGuardrail(characters: number): number
    /** What an answer costs by today's prices. */
    priceOf(called: { readonly model: string; readonly region: string }, answered: Answered): Bill
    /** The same, added to what the request has cost. */
    charge(
      request: FastifyRequest,
      called: { readonly model: string; readonly region: string },
      answered: Answered,
      isEstimate?: boolean
    ): Bill
  }
}

type UsageEvent = Extract<ModelEvent, { type: 'usage' }>

/** Adds what an answer used to the request's cost. Gives the event back, with the cost in it where the caller wants to know. */
export function settleUsage(request: FastifyRequest, meter: AnswerMeter, event: UsageEvent): UsageEvent {
  if (meter.isSettled) return event
  meter.isSettled = true
  const { usage, details } = event
  const bill = request.server.charge(request, meter, {
    usage,
    tier: details.serviceTier,
    trace: details.trace,
    isGuarded: meter.isGuarded,
    isOptimized: details.isOptimized === true
  })
  return asksCost(request.headers) ? { ...event, usage: { ...usage, costNano: bill.nano } } : event
}

/** Adds a part to the request's cost. A part without a price makes the whole one without. */
export function addBill({ record }: FastifyRequest, { nano, unpriced, partNano, isEstimate }: Bill): void {
  record.costNano = (record.costNano ?? 0) + (nano ?? 0)
  if (partNano !== undefined) record.partNano = (record.partNano ?? 0) + partNano
  if (unpriced !== undefined) record.unpriced ??= unpriced
  if (isEstimate === true) record.isCostEstimate = true
}

/** The cost so far as a caller is told it: null where a part has no known price. */
export function toldNano({ record }: FastifyRequest): number | null {
  return record.unpriced === undefined ? (record.costNano ?? 0) : null
}

/** The cost of a whole answer, for its caller: US dollars, or the word `unpriced`. */
export function announceCost({ record }: FastifyRequest, reply: FastifyReply): void {
  if (record.costNano === undefined) return
  reply.header('x-adit-cost', record.unpriced === undefined ? dollars(record.costNano) : 'unpriced')
  if (record.isCostEstimate === true && record.unpriced === undefined) reply.header('x-adit-cost-estimated', 'true')
}

/**
 * Adds what answers cost that ended before Bedrock told what they used: it bills what was processed. The prompt counts as its beginning
 * told it or as it is guessed, the answer by what came of it. A client that leaves before its answer begins has had its prompt read;
 * a call that failed has cost nothing.
 */
export function estimateCut(request: FastifyRequest): void {
  const { record } = request
  const { meters = [], aim, promptGuess = 0 } = record
  for (const meter of meters) {
    if (meter.isSettled) continue
    meter.isSettled = true
    estimateOne(request, meter, usageSoFar(meter, promptGuess))
  }
  const isWaiting = record.clientLeft === true && record.upstreamStartedAt !== undefined && record.upstreamEndedAt === undefined
  if (isWaiting && record.costNano === undefined && meters.length === 0 && aim !== undefined)
    estimateOne(request, aim, { ...NO_USAGE, inputTokens: promptGuess })
}

function usageSoFar({ prompt, characters }: AnswerMeter, promptGuess: number): Usage {
  const outputTokens = Math.ceil(characters / CHARACTERS_PER_TOKEN)
  return prompt === undefined ? { ...NO_USAGE, inputTokens: promptGuess, outputTokens } : { ...prompt, outputTokens }
}

function estimateOne(request: FastifyRequest, called: { readonly model: string; readonly region: string }, usage: Usage): void {
  request.server.charge(request, called, { usage }, true)
}
