import { isUtf8 } from 'node:buffer'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { GatewayError } from '../errors.ts'

/**
 * Reads JSON bodies, and nothing else. Bytes that are not UTF-8 are refused rather than replaced, because a model would
 * be sent something the caller did not write. `__proto__` is an ordinary, harmless key here: it is dropped.
 */
export const jsonBody = fp(
  async (app: FastifyInstance) => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser(
      /^application\/(?:[\w.+-]+\+)?json(?:\s*;|$)/i,
      { parseAs: 'buffer' },
      (_request, body: Buffer, done) => {
        try {
          done(null, parseJson(body))
        } catch (error) {
          done(error as Error)
        }
      }
    )
  },
  { name: 'json-body' }
)

function parseJson(body: Buffer): unknown {
  if (body.length === 0) throw new GatewayError('invalid_json', 'The request body is empty; it must be a JSON object.')
  if (!isUtf8(body)) throw new GatewayError('invalid_json', 'The request body is not valid UTF-8.')
  const text = body.toString('utf8')
  try {
    return text.includes('"__proto__"') || text.includes('\\u005f') ? JSON.parse(text, dropProto) : JSON.parse(text)
  } catch (cause) {
    throw new GatewayError('invalid_json', 'We could not parse the JSON body of your request.', { cause })
  }
}

function dropProto(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value
}
