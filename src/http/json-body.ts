import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { parseExact } from '../core/exact-json.ts'
import { plainOutside } from '../core/foreign-json.ts'
import { HEAVY_BYTES, HEAVY_PARTS, heavyWork } from '../core/heavy-work.ts'
import { type Json, mayHoldHalves, mendStrings } from '../core/json.ts'
import { GatewayError } from '../errors.ts'
import { writableJson } from '../json-bytes.ts'
import { type BodyBudget, type BodyHold, bodyCapacity, createBodyBudget, heapLimit, memoryLimit } from './body-budget.ts'
import { JSON_LIMITS, type JsonShape, readShape } from './json-shape.ts'
import { receiveBody } from './read-body.ts'

declare module 'fastify' {
  interface FastifyInstance {
    bodyBudget: BodyBudget
  }
  interface FastifyContextConfig {
    /** A POST to the route says all by its path. */
    needsNoBody?: true
  }
  interface FastifyRequest {
    /** The memory of its body; undefined while none has been read. */
    bodyHold: BodyHold | undefined
    /** What is made of its body is heavy work. */
    isHeavy: boolean
  }
}

/**
 * Writes JSON bodies, and reads them and nothing else. Bytes that are not UTF-8 are refused rather than replaced, because a model would
 * be sent something the caller did not write. `__proto__` is an ordinary, harmless key here: it is dropped.
 * What is too deep or of too many parts is refused before it is parsed. Half a surrogate pair, which escapes can hold, becomes U+FFFD.
 */
export const jsonBody = fp(
  async (app: FastifyInstance) => {
    // Fastify takes bytes from a serializer too, as its guide does with Protocol Buffers; its types know strings only.
    app.setReplySerializer(writableJson as (payload: unknown) => string)
    app.removeAllContentTypeParsers()
    const { bodyMemoryBytes } = app.config.server
    app.decorate('bodyBudget', createBodyBudget(bodyMemoryBytes ?? bodyCapacity(memoryLimit(), heapLimit())))
    app.decorateRequest('bodyHold', undefined)
    app.decorateRequest('isHeavy', false)
    app.addContentTypeParser(
      /^application\/(?:[\w.+-]+\+)?json(?:\s*;|$)/i,
      (request: FastifyRequest, message: IncomingMessage, done: (error: Error | null, body?: unknown) => void) =>
        receiveBody(request, message, (error, bytes) => (bytes === undefined ? done(error) : parseInto(bytes, request, done)))
    )
    app.onOver((request) => {
      request.bodyHold?.release()
      if (!request.raw.complete) endSoon(request.raw, request.apiKey === undefined ? REST_BYTES : app.config.server.maxBodyBytes)
    })
  },
  { name: 'json-body', dependencies: ['request-record'] }
)

/** What may still come of a body whose request has been answered: of a caller without a key so much, of another as much as a body may be. */
const REST_BYTES = 1_048_576
/** And for how long, so that its client reads the answer first. */
const REST_MS = 5000
const LOOK_MS = 20

/** Node reads what comes after an answer for ever, from whoever, and tells nobody: here the connection is looked at, and ended. */
function endSoon(message: IncomingMessage, restBytes: number): void {
  const { socket } = message
  const most = socket.bytesRead + restBytes
  const until = performance.now() + REST_MS
  message.resume() // a body whose reader has given up on it
  const timer = setInterval(() => {
    if (socket.bytesRead > most || performance.now() > until) socket.destroy()
    if (message.complete || socket.destroyed) clearInterval(timer)
  }, LOOK_MS).unref()
}

const TOO_MUCH = {
  levels: `The request body is nested deeper than ${JSON_LIMITS.levels} levels.`,
  parts: `The request body has more than ${JSON_LIMITS.parts} objects, arrays and fields.`,
  items: `The request body has more than ${JSON_LIMITS.items} values.`,
  exact: `The request body has more than ${JSON_LIMITS.exact} numbers written with an exponent, zeros at an end, or 16 digits.`
} as const satisfies Record<keyof typeof JSON_LIMITS, string>

/** Each of them may be written as an escape. */
const LETTERS_OF_PROTO = /\\u00(?:5f|6f|70|72|74)/i

const BYTE_ORDER_MARK = Buffer.from('\ufeff')

/** Editors and .NET's writers put the mark of UTF-8 before a text; readers may pass over it (RFC 8259, 8.1). */
function withoutMark(body: Buffer): Buffer {
  const size = BYTE_ORDER_MARK.length
  return body[0] === BYTE_ORDER_MARK[0] && body.subarray(0, size).equals(BYTE_ORDER_MARK) ? body.subarray(size) : body
}

function parseInto(bytes: Buffer, request: FastifyRequest, done: (error: Error | null, body?: unknown) => void): void {
  // openai-python names the type of a body in every request but a GET, also where there is none (2026-11).
  if (bytes.length === 0 && (request.method !== 'POST' || request.routeOptions.config.needsNoBody === true)) return done(null)
  let body: unknown
  try {
    body = parseJson(bytes, request)
  } catch (error) {
    return done(error as Error)
  }
  if (body instanceof Promise) body.then((parsed) => done(null, parsed), done)
  else done(null, body)
}

/** Large bodies are read in pieces, so that others are served meanwhile, and so is all that is made of them. */
function parseJson(bytes: Buffer, request: FastifyRequest): unknown {
  const body = withoutMark(bytes)
  if (body.length >= HEAVY_BYTES)
    return parseHeavy(
      body,
      heavyWork.turn(() => checkShape(body)),
      request
    )
  const shape = checkShape(body)
  if (shape.parts >= HEAVY_PARTS) return parseHeavy(body, shape, request)
  const text = body.toString('utf8')
  return mended(parseText(text, shape), text)
}

async function parseHeavy(body: Buffer, looked: JsonShape | Promise<JsonShape>, request: FastifyRequest): Promise<unknown> {
  request.isHeavy = true
  const shape = await looked
  const text = await heavyWork.turn(() => body.toString('utf8'))
  const parsed = await heavyWork.turn(() => parseText(text, shape))
  return heavyWork.turn(() => mended(parsed, text))
}

/**
 * What a body says that is handed on as its bytes stand, for those who only want to know a number of it; undefined where it is no JSON, or
 * of more parts than may be read here.
 */
export async function readAside(bytes: Buffer): Promise<Json | undefined> {
  const body = withoutMark(bytes)
  const read = () => parse(body.toString('utf8'), JSON.parse) as Json
  try {
    if (body.length < HEAVY_BYTES) {
      checkShape(body)
      return read()
    }
    await heavyWork.turn(() => checkShape(body))
    return await heavyWork.turn(read)
  } catch (error) {
    if (error instanceof GatewayError) return undefined // Bedrock will say what is wrong with it
    throw error
  }
}

/** Refuses what is no text of JSON, or would take too long to read. */
function checkShape(body: Buffer): JsonShape {
  if (body.length === 0) throw new GatewayError('invalid_json', 'The request body is empty; it must be a JSON object.')
  if (!isUtf8(body)) throw new GatewayError('invalid_json', 'The request body is not valid UTF-8.')
  const shape = readShape(body)
  if (shape.exceeded !== undefined) throw new GatewayError('invalid_request', TOO_MUCH[shape.exceeded])
  return shape
}

function parseText(text: string, { holdsExactNumbers }: JsonShape): unknown {
  return holdsExactNumbers ? plainOutside(parse(text, parseExact)) : parse(text, JSON.parse)
}

function mended(parsed: unknown, text: string): unknown {
  const holdsEscapes = text.includes('\\')
  if (text.includes('"__proto__"') || (holdsEscapes && LETTERS_OF_PROTO.test(text))) dropProto(parsed)
  if (holdsEscapes && mayHoldHalves(text)) mendStrings(parsed)
  return parsed
}

function parse(text: string, read: (text: string) => unknown): unknown {
  try {
    return read(text)
  } catch (cause) {
    throw new GatewayError('invalid_json', 'We could not parse the JSON body of your request.', { cause })
  }
}

// A reviver would do the same in a line, and take ten times as long for a body of many values.
function dropProto(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) Reflect.deleteProperty(value, '__proto__')
  for (const member of Object.values(value)) dropProto(member)
}
