import type { FastifyInstance } from 'fastify'
import { receiveBody } from './read-body.ts'

/** Bodies of the routes beside which this is registered are read as bytes, whatever their type; none at all is none. */
export async function rawBody(app: FastifyInstance): Promise<void> {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', receiveBody)
}
