import type { CoreField } from '../../core/field.ts'
import { isJsonObject, type JsonObject, member } from '../../core/json.ts'
import type { Mutable } from '../../core/mutable.ts'
import type { ChatRequest } from '../../core/request.ts'
import type { Warning } from '../../core/warning.ts'
import type { Traits } from '../../models/traits.ts'
import type { CalledPath, EncodedChat } from '../codec/chat-codec.ts'
import { type EncodedConverse, encodeConverseRequest } from '../converse/encode-request.ts'
import type { EncodeInput } from '../prepare/encode-scope.ts'
import type { SurfaceWishes } from './openai-wire.ts'

/** A request in the words of one of OpenAI's surfaces, and the same as Converse has it: the plan that it was made from. */
export interface EncodedOpenai extends EncodedChat {
  readonly plan: EncodedConverse
  /** Where the surface is. */
  readonly at: Pick<Traits, 'host' | 'mantlePrefix'>
  /** As the surface calls it. */
  readonly model: string
}

type Render = (converse: JsonObject, wishes: SurfaceWishes) => JsonObject

/** Says a conversation in the words of a surface. What only Converse can say is left out and reported. */
export function encodeOpenai(input: EncodeInput, render: Render): EncodedOpenai {
  const { request, target, traits } = input
  const plan = withOwnCounts(encodeConverseRequest(input))
  const model = traits.host === 'mantle' ? bareId(target.baseId) : target.id
  const summary = request.openai?.summary
  const body = render(plan.body, {
    model,
    streaming: plan.streaming,
    parallel: request.parallelToolCalls,
    callsNothing: plan.context.callsAreWords === true && plan.context.jsonTool === undefined,
    sealsReasoning: traits.replay === 'redacted',
    ...(summary === undefined ? {} : { summary })
  })
  const warnings = [...plan.warnings.filter((warning) => !isSaid(warning)), ...lost(plan.body, request)]
  const encoded: Mutable<EncodedOpenai> = { body, streaming: plan.streaming, warnings, plan, at: traits, model }
  if (plan.outputSchema !== undefined) encoded.outputSchema = plan.outputSchema
  if (plan.fitted !== undefined) encoded.fitted = plan.fitted
  return encoded
}

/** Whatever Converse counts for these models, here the counts are OpenAI's, and are read as such. */
function withOwnCounts(plan: EncodedConverse): EncodedConverse {
  return plan.context.inputHoldsCache === true ? { ...plan, context: { ...plan.context, inputHoldsCache: false } } : plan
}

/** The address of a surface; Bedrock's runtime has one prefix for all models (AWS 2026-09). */
export function surfacePath(
  { host, mantlePrefix }: EncodedOpenai['at'],
  operation: 'responses' | 'chat/completions'
): CalledPath {
  return host === 'mantle' ? { path: `${mantlePrefix}/${operation}`, host } : { path: `/openai/v1/${operation}` }
}

/** Mantle's name of a model: without a geography before it and the version behind it (`openai.gpt-oss-120b-1:0`). */
function bareId(baseId: string): string {
  return baseId.replace(/-\d+:\d+$/, '')
}

/** Converse has no place for it, these surfaces have. */
function isSaid(warning: Warning): boolean {
  return 'field' in warning && warning.field === 'parallelToolCalls'
}

/** What Converse carries and these surfaces do not. */
const ONLY_CONVERSE: readonly (readonly [member: string, field: CoreField])[] = [
  ['guardrailConfig', 'guardrail'],
  ['performanceConfig', 'latency'],
  ['requestMetadata', 'metadata']
]

/** Pairs of the operator's own are no loss of the caller's. */
function lost(converse: JsonObject, { metadata }: ChatRequest): readonly Warning[] {
  const reason = 'this model is called by a surface that has no such field'
  return ONLY_CONVERSE.flatMap(([name, field]) =>
    isJsonObject(converse[name]) &&
    member(converse[name], 'latency') !== 'standard' &&
    (field !== 'metadata' || metadata !== undefined)
      ? [{ field, reason }]
      : []
  )
}
