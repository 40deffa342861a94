import type { FastifyReply, FastifyRequest } from 'fastify'
import { isJsonObject } from '../core/json.ts'

/** Azure's paths name the model (`/openai/deployments/{model}/...`); its clients may leave it out of the body. The path wins. */
export function deploymentModel(request: FastifyRequest, _reply: FastifyReply, done: () => void): void {
  const { deployment, profile } = request.params as { deployment?: string; profile?: string }
  if (deployment !== undefined && isJsonObject(request.body))
    request.body = { ...request.body, model: profile === undefined ? deployment : `${deployment}/${profile}` }
  done()
}
