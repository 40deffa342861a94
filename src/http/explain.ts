import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ChatPlan, ChatRun } from '../bedrock/bedrock.ts'
import { spelt } from '../core/field.ts'
import type { ChatRequest } from '../core/request.ts'
import { NO_USAGE, toDollars } from '../core/usage.ts'
import type { Warning } from '../core/warning.ts'
import { heavyJsonToBytes, jsonToBytes } from '../json-bytes.ts'
import { keyPairs } from '../keys/key-metadata.ts'
import { noteDropped } from './answers.ts'
import { type PaidTerms, paidTerms } from './paid-terms.ts'
import { sizingOf } from './right-size.ts'

/** What is explained: conversations as they would be asked, and how often each. */
export interface Asked {
  readonly requests: readonly ChatRequest[]
  readonly count: number
  readonly targets: ChatRun['targets']
  readonly isHeavy: boolean
  readonly warnings: readonly Warning[]
  /** Tokens of the prompt, guessed. */
  readonly promptGuess: number
}

/** Sends, as JSON, what the request would become. No model is called, nothing is reserved and nothing is kept. */
export async function sendExplanation(
  app: FastifyInstance,
  request: FastifyRequest,
  reply: FastifyReply,
  { requests, count, targets, isHeavy, warnings, promptGuess }: Asked
): Promise<FastifyReply> {
  const owner = request.apiKey?.name ?? ''
  const plans = await Promise.all(
    requests.map((one) => {
      const pairs = keyPairs(request.apiKey)
      const named: ChatRequest = pairs === undefined ? one : { ...one, keyPairs: pairs }
      const sizing = sizingOf(request, one)
      const run = { request: named, owner, targets, signal: request.cancel, isHeavy }
      return app.bedrock.explain(sizing === undefined ? run : { ...run, fit: (model) => sizing.limitFor(model) })
    })
  )
  const dropped = [...warnings, ...plans.flatMap((plan) => plan.warnings)]
  noteDropped(request, reply, dropped)
  const [first] = plans
  const told = {
    object: 'explanation',
    model: request.record.asked ?? requests[0]?.model ?? '',
    targets: first?.targets ?? [],
    calls: plans.map(({ call, cachePoints, cacheMiss, maxTokens }) => ({
      ...call,
      times: count,
      cache_points: cachePoints,
      ...(cacheMiss === undefined ? {} : { cache_miss: cacheMiss }),
      ...(maxTokens === undefined ? {} : { max_tokens: maxTokens })
    })),
    dropped: dropped.flatMap((warning) => spelt(warning, request.spell).map((param) => ({ param, reason: warning.reason }))),
    estimate: estimate(app, plans, { count, promptGuess, terms: paidTerms(requests, false)() })
  }
  return reply.type('application/json; charset=utf-8').send(isHeavy ? await heavyJsonToBytes(told) : jsonToBytes(told))
}

/** What the calls would take: guessed of the prompt, and at most of the answer. Caching is left out, since nobody knows what is warm. */
function estimate(
  app: FastifyInstance,
  plans: readonly ChatPlan[],
  { count, promptGuess, terms }: Pick<Asked, 'count' | 'promptGuess'> & { readonly terms: PaidTerms }
) {
  const inputTokens = promptGuess * plans.length * count
  const limits = plans.map(({ maxTokens }) => maxTokens)
  const outputTokens = limits.includes(undefined) ? undefined : limits.reduce<number>((sum, limit = 0) => sum + limit * count, 0)
  const [target] = plans[0]?.targets ?? []
  const { tier, isOptimized = false } = terms
  const priceOf = (output: number | undefined) => {
    if (target === undefined || output === undefined) return null
    const used = { usage: { ...NO_USAGE, inputTokens, outputTokens: output } }
    // What has no price by the tier or the latency that is asked for is not served so.
    return toDollars(app.priceOf(target, { ...used, tier, isOptimized }).nano ?? app.priceOf(target, used).nano)
  }
  return {
    input_tokens: inputTokens,
    max_output_tokens: outputTokens ?? null,
    /** What Bedrock takes from the quota when the call begins. */
    reserved_tokens: outputTokens === undefined ? null : inputTokens + outputTokens,
    input_cost_usd: priceOf(0),
    most_cost_usd: priceOf(outputTokens)
  }
}
