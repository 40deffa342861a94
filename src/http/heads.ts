import { STATUS_CODES } from 'node:http'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { ErrorWords } from '../dialects/dialect.ts'
import { GatewayError } from '../errors.ts'
import { newRequestId } from './request-id.ts'

/** Refuses heads that Node refuses without a word: HTTP/1.1 without a host (RFC 9112, 3.2), and expectations nobody knows (RFC 9110, 10.1.1). */
export const heads = fp(
  async (app: FastifyInstance, { errors }: { readonly errors: ErrorWords }) => {
    app.addHook('onRequest', (request, _reply, done) => {
      const isMissing = request.headers.host === undefined && request.raw.httpVersion === '1.1'
      done(isMissing ? new GatewayError('invalid_request', 'The request has no Host header.') : undefined)
    })
    app.server.on('checkExpectation', (_message, response) => {
      const error = new GatewayError('expectation_failed', 'Only the expectation 100-continue is known here.')
      const id = newRequestId()
      const status = errors.status(error.kind)
      const headers = {
        'content-type': 'application/json; charset=utf-8',
        'access-control-allow-origin': '*',
        'x-request-id': id
      }
      response.writeHead(status, STATUS_CODES[status], { ...headers, connection: 'close' })
      response.end(JSON.stringify(errors.body(error, null, id)))
    })
  },
  { name: 'heads' }
)
