import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { readBody } from './read-body.ts'

/** Bodies of the routes beside which this is registered are read as bytes, whatever their type; none at all is none. */
export async function rawBody(app: FastifyInstance): Promise<void> {
  const { maxBodyBytes: maxBytes } = app.config.server
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', async (request: FastifyRequest, message: IncomingMessage) => {
    const hold = app.bodyBudget.admit(request.apiKey?.name ?? '', Number(message.headers['content-length'] ?? 0))
    request.bodyHold = hold
    return readBody(message, { maxBytes, hold })
  })
}
