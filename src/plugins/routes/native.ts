import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { MODEL_OPERATIONS, type ModelOperation } from '../../bedrock/run/pass-path.ts'
import { BEDROCK_ERRORS } from '../../dialects/aws-bedrock/error-words.ts'
import { wantedTokens } from '../../dialects/aws-bedrock/wanted-tokens.ts'
import { askAsIs, passOn } from '../../http/pass-on.ts'
import { rawBody } from '../../http/raw-body.ts'

const ROUTE = { config: { errors: BEDROCK_ERRORS } }

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
    return passOn(request, reply, await askAsIs(request, { targets: [{ id, baseId: id }], call: { of: 'guardrail-checks' } }))
  })
}

async function callModel(operation: ModelOperation, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { streams, inOwnWords, counts } = MODEL_OPERATIONS[operation]
  const asked = idOf(request)
  request.record.stream = streams
  if (request.admission !== undefined && !counts) await request.admission.reserve(wantedTokens(request.body))
  const [first, ...others] = await request.server.resolve(asked, 'chat', request)
  const targets = [first, ...(inOwnWords ? others.filter(({ baseId }) => baseId === first.baseId) : others)] as const
  return passOn(request, reply, await askAsIs(request, { targets, call: { of: 'model', operation, asked } }))
}

async function applyGuardrail(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { version = '' } = request.params as { version?: string }
  const id = idOf(request)
  request.record.asked = id
  return passOn(request, reply, await askAsIs(request, { targets: [{ id, baseId: id }], call: { of: 'guardrail', version } }))
}

function idOf({ params }: FastifyRequest): string {
  const { id = '', rest } = params as { id?: string; rest?: string }
  return rest === undefined ? id : `${id}/${rest}`
}
