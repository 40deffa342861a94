import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Invoke } from '../../bedrock/run/embed-run.ts'
import { askedPicture, EDITORS, type ImageRunAnswer, runImages, takesNoSource } from '../../bedrock/run/image-run.ts'
import { HEAVY_BYTES } from '../../core/heavy-work.ts'
import type { ImageRequest } from '../../core/image.ts'
import type { JsonObject } from '../../core/json.ts'
import { NO_USAGE } from '../../core/usage.ts'
import { decodeImageRequest, imagesSpelling, MULTIPART } from '../../dialects/openai-images/decode-request.ts'
import { encodeImages } from '../../dialects/openai-images/encode-response.ts'
import { GatewayError } from '../../errors.ts'
import { nameAnswer, noteDropped } from '../../http/answers.ts'
import { noExplanation } from '../../http/asks-explanation.ts'
import { announceCost } from '../../http/cost.ts'
import { deploymentModel } from '../../http/deployment.ts'
import { formBody } from '../../http/form-body.ts'
import { maskOf } from '../../http/mask-of.ts'

/** `POST /images/generations`, `/images/edits` and `/images/variations`, the last two as JSON or as a form. */
export async function images(app: FastifyInstance): Promise<void> {
  await formBody(app)
  const route = { onRequest: noExplanation, preValidation: deploymentModel }
  app.post('/images/generations', route, (request, reply) => answerImages(request, reply, 'make'))
  app.post('/images/edits', route, (request, reply) => answerImages(request, reply, 'edit'))
  app.post('/images/variations', route, (request, reply) => answerImages(request, reply, 'vary'))
}

async function answerImages(request: FastifyRequest, reply: FastifyReply, task: ImageRequest['task']): Promise<object> {
  const { server: app, record } = request
  request.spell = imagesSpelling
  const { request: asked, asUrl, warnings } = readRequest(request, task)
  request.body = {}
  const targets = await targetsOf(asked, request)
  const filled =
    asked.mask === undefined ? asked : { ...asked, mask: await maskOf(asked.mask, (bytes) => request.bodyHold?.add(bytes)) }
  const held = app.holdBudget(request, reply, { models: targets, input: 0, output: 0, images: asked.count })
  if (held !== undefined) await held
  record.upstreamStartedAt = performance.now()
  const owner = request.apiKey?.name ?? ''
  const isHeavy = (request.bodyHold?.bytes ?? 0) >= HEAVY_BYTES
  const invoke: Invoke = async (to, body, signal) => {
    const answer = await app.bedrock.invoke({ owner, targets: to, body, signal, isHeavy })
    const picture = askedPicture(body)
    app.charge(request, answer, { usage: NO_USAGE, images: picturesIn(answer.body), ...(picture && { picture }) })
    return answer
  }
  const answer = await runImages({ request: filled, targets, signal: request.cancel }, invoke).catch((error: unknown) =>
    namingAnother(error, app.config.models.defaultImageModel)
  )
  announce(request, reply, answer)
  noteDropped(request, reply, [...warnings, ...answer.warnings])
  return encodeImages(answer.pictures, { created: Math.floor(Date.now() / 1000), asUrl })
}

function readRequest({ body, formFiles }: FastifyRequest, task: ImageRequest['task']) {
  if (formFiles === undefined) return decodeImageRequest(body, [], task)
  return decodeImageRequest({ ...(body as JsonObject), [MULTIPART]: true }, formFiles, task)
}

/** A name that is none of Bedrock's stands for a model that makes pictures; where one is edited, it stands for one that edits. */
async function targetsOf(asked: ImageRequest, request: FastifyRequest) {
  const { server: app, record } = request
  const targets = await app.resolve(asked.model, 'image', request)
  const [{ id, baseId }] = targets
  if (asked.source === undefined || !takesNoSource(baseId) || id === asked.model) return targets
  const editor = await app.resolve(asked.mask === undefined ? EDITORS.whole : EDITORS.masked, 'image', request)
  record.asked = asked.model
  return editor
}

function announce(request: FastifyRequest, reply: FastifyReply, answer: ImageRunAnswer): void {
  const { record } = request
  record.upstreamEndedAt = performance.now()
  record.model = answer.model
  record.region = answer.region
  nameAnswer(request, reply, answer)
  announceCost(request, reply)
}

/** What is paid for: pictures that were made, those that are held back among them. */
function picturesIn({ images: made }: JsonObject): number {
  return Array.isArray(made) ? made.length : 0
}

/** Models of pictures come and go: who asks for one that is gone is told one that is there. */
function namingAnother(error: unknown, living: string): never {
  if (!(error instanceof GatewayError) || error.kind !== 'model_not_found') throw error
  const { upstreamRequestId, cause } = error
  throw new GatewayError('model_not_found', `${error.message} Pictures are made by ${living}.`, {
    field: 'model',
    cause,
    ...(upstreamRequestId === undefined ? {} : { upstreamRequestId })
  })
}
