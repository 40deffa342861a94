import type { FastifyInstance } from 'fastify'
import { type Guardrail, runModeration } from '../../bedrock/run/moderate-run.ts'
import { UNJUDGED } from '../../dialects/openai-moderations/categories.ts'
import { type DecodedModeration, decodeModeration } from '../../dialects/openai-moderations/decode-request.ts'
import { encodeModeration } from '../../dialects/openai-moderations/encode-response.ts'
import { GatewayError } from '../../errors.ts'
import { nameAnswer, noteDropped } from '../../http/answers.ts'
import { noExplanation } from '../../http/asks-explanation.ts'
import { announceCost } from '../../http/cost.ts'
import { randomId } from '../../http/random-id.ts'

/** `POST /moderations`, judged by the operator's guardrail or by Bedrock's own checks. */
export async function moderations(app: FastifyInstance): Promise<void> {
  const guardrail = guardrailOf(app.config.models.moderationGuardrail)
  app.post('/moderations', { onRequest: noExplanation }, async (request, reply) => {
    const { model, items, warnings } = decodeModeration(request.body)
    const { record } = request
    record.asked = model
    if (guardrail === undefined) refuseImages(items)
    const held = app.holdBudget(request, reply, { models: [], input: 0, output: 0 })
    if (held !== undefined) await held
    record.upstreamStartedAt = performance.now()
    const owner = request.apiKey?.name ?? ''
    const answer = await runModeration({ owner, items, guardrail, signal: request.cancel }, app.bedrock.pass)
    record.upstreamEndedAt = performance.now()
    record.model = guardrail?.id ?? 'guardrail-checks'
    record.region = answer.region
    noteDropped(request, reply, [...warnings, ...UNJUDGED.map((param) => ({ param, reason: 'Bedrock does not judge it' }))])
    nameAnswer(request, reply, { model, requestId: answer.requestId })
    for (const units of answer.units) app.chargeGuardrail(request, units)
    announceCost(request, reply)
    return encodeModeration(answer.verdicts, items, { id: `modr-${randomId()}`, model })
  })
}

/** `id:version`; an ARN has colons of its own. */
function guardrailOf(setting: string | undefined): Guardrail | undefined {
  if (setting === undefined) return undefined
  const at = setting.lastIndexOf(':')
  return { id: setting.slice(0, at), version: setting.slice(at + 1) }
}

function refuseImages(items: DecodedModeration['items']): void {
  if (items.every(({ images }) => images.length === 0)) return
  const sentence =
    "Bedrock's own checks read no pictures; the operator of this gateway can set MODERATION_GUARDRAIL to a guardrail that does."
  throw new GatewayError('unsupported_value', sentence, { param: 'input' })
}
