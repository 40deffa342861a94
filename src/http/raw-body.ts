import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type BodyDone, readBody } from './read-body.ts'

/** Bodies of the routes beside which this is registered are read as bytes, whatever their type; none at all is none. */
export async function rawBody(app: FastifyInstance): Promise<void> {
  const { maxBodyBytes: maxBytes } = app.config.server
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (request: FastifyRequest, message: IncomingMessage, done: BodyDone) => {
    try {
      const hold = app.bodyBudget.admit(request.apiKey?.name ?? '', Number(message.headers['content-length'] ?? 0))
      request.bodyHold = hold
      readBody(message, { maxBytes, hold }, done)
    } catch (error) {
      done(error as Error)
    }
  })
}
