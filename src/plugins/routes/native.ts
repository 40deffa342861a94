import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { marksHour } from '../../bedrock/run/cache-points.ts'
import { MODEL_OPERATIONS, type ModelOperation } from '../../bedrock/run/pass-path.ts'
import { CHARACTERS_PER_TOKEN } from '../../core/guess-prompt.ts'
import { askedTerms } from '../../dialects/aws-bedrock/asked-terms.ts'
import { BEDROCK_ERRORS } from '../../dialects/aws-bedrock/error-words.ts'
import { reservedTokens } from '../../dialects/aws-bedrock/reserved-tokens.ts'
import { wantedTokens } from '../../dialects/aws-bedrock/wanted-tokens.ts'
import { noExplanation } from '../../http/asks-explanation.ts'
import { readAside } from '../../http/json-body.ts'
import { askAsIs, passOn, unitsOf } from '../../http/pass-on.ts'
import { rawBody } from '../../http/raw-body.ts'
import { sameModel } from '../../models/model-target.ts'

const ROUTE = { onRequest: noExplanation, config: { errors: BEDROCK_ERRORS } }

/**
 * Bedrock's own API, for the AWS SDKs and what is made of them: `POST /model/{id}/...`, `/guardrail/{id}/version/{v}/apply` and
 * `/guardrail-checks/invoke`. Whoever calls has a key of this gateway; the call is signed anew, and no byte of it or of its answer changes.
 */
export async function native(app: FastifyInstance): Promise<void> {
  await rawBody(app)
  for (const operation of Object.keys(MODEL_OPERATIONS) as ModelOperation[]) {
    // The ARN of a profile has a slash, which not every client encodes.
    for (const id of ['/model/:id', '/model/:id/:rest'])
      app.post(`${id}/${operation}`, ROUTE, (request, reply) => callModel(operation, request, reply))
  }
  for (const id of ['/guardrail/:id', '/guardrail/:id/:rest']) app.post(`${id}/version/:version/apply`, ROUTE, applyGuardrail)
  app.post('/guardrail-checks/invoke', ROUTE, async (request, reply) => {
    const id = 'guardrail-checks'
    return judge(request, reply, { targets: [{ id, baseId: id }], call: { of: 'guardrail-checks' } })
  })
}

async function callModel(operation: ModelOperation, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { streams, inOwnWords, counts } = MODEL_OPERATIONS[operation]
  const asked = idOf(request)
  request.record.stream = streams
  const bytes = Buffer.isBuffer(request.body) ? request.body : NO_BODY
  await request.server.media.checkPassed(bytes)
  let aside: ReturnType<typeof readAside> | undefined
  const bodyAside = () => (aside ??= readAside(bytes))
  if (request.admission !== undefined && !counts) await request.admission.reserve(wantedTokens(await bodyAside()))
  const resolved = await request.server.resolve(asked, 'chat', request)
  const targets = inOwnWords ? sameModel(resolved) : resolved
  const [first] = targets
  if (!counts) {
    const { record, server } = request
    record.aim = { model: first.id, region: server.bedrock.region }
    record.promptGuess = Math.ceil(bytes.length / CHARACTERS_PER_TOKEN)
    const output = async () => wantedTokens(await bodyAside(), LONGEST)
    const terms = async () => ({ ...askedTerms(await bodyAside(), request.headers), keepsHour: marksHour(bytes) })
    const most = { models: targets, input: record.promptGuess, output, terms }
    const held = server.holdBudget(request, reply, most)
    if (held !== undefined) await held
  }
  const isQueued = request.server.config.upstream.queueMs > 0 && !counts
  const reserves = isQueued ? { reserves: reservedTokens(await bodyAside(), inOwnWords) } : {}
  return passOn(request, reply, await askAsIs(request, { targets, call: { of: 'model', operation, asked }, ...reserves }))
}

const NO_BODY = Buffer.alloc(0)
/** Tokens that models write at most where the caller sets no limit; nothing sets one here. */
const LONGEST = 65_536

async function applyGuardrail(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { version = '' } = request.params as { version?: string }
  const id = idOf(request)
  request.record.asked = id
  return judge(request, reply, { targets: [{ id, baseId: id }], call: { of: 'guardrail', version } })
}

/** A guardrail that is asked by itself: nothing of it is held before, and what it counts is paid. */
async function judge(request: FastifyRequest, reply: FastifyReply, asked: Parameters<typeof askAsIs>[1]): Promise<FastifyReply> {
  const held = request.server.holdBudget(request, reply, { models: [], input: 0, output: 0 })
  if (held !== undefined) await held
  const answer = await askAsIs(request, asked)
  request.server.chargeGuardrail(request, unitsOf(answer))
  return passOn(request, reply, answer)
}

function idOf({ params }: FastifyRequest): string {
  const { id = '', rest } = params as { id?: string; rest?: string }
  return rest === undefined ? id : `${id}/${rest}`
}
