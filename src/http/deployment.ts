import type { FastifyRequest } from 'fastify'
import { isJsonObject } from '../core/json.ts'

/** Azure's paths name the model (`/openai/deployments/{model}/...`); its clients may leave it out of the body. The path wins. */
export async function deploymentModel(request: FastifyRequest): Promise<void> {
  const { deployment } = request.params as { deployment?: string }
  if (deployment !== undefined && isJsonObject(request.body)) request.body = { ...request.body, model: deployment }
}
