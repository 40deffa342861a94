import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { HEAVY_BYTES, heavyWork } from '../core/heavy-work.ts'
import type { Json } from '../core/json.ts'
import { GatewayError } from '../errors.ts'
import { receiveBody } from './read-body.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The files of a form, whose fields are the body; undefined where it is no form. */
    formFiles: readonly FormFile[] | undefined
  }
}

interface FormFile {
  readonly field: string
  readonly bytes: Buffer
}

interface Form {
  readonly fields: Readonly<Record<string, Json>>
  readonly files: readonly FormFile[]
}

const MOST_FILES = 16
const MOST_FIELDS = 64
const MOST_HEAD_BYTES = 16_384
/** RFC 2046, 5.1.1. */
const LONGEST_BOUNDARY = 70

/**
 * The routes beside which this is registered take forms (RFC 7578) too, within the limits of any other body from the first byte on.
 * One that is broken, or has more parts than any client sends, is a 400.
 */
export async function formBody(app: FastifyInstance): Promise<void> {
  app.decorateRequest('formFiles', undefined)
  app.addContentTypeParser(
    'multipart/form-data',
    (request: FastifyRequest, message: IncomingMessage, done: (error: Error | null, body?: unknown) => void) =>
      receiveBody(request, message, (error, bytes) => {
        if (bytes === undefined) return done(error)
        readForm(bytes, request).then((fields) => done(null, fields), done)
      })
  )
}

async function readForm(bytes: Buffer, request: FastifyRequest): Promise<Form['fields']> {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]*)"|([^\s;]*))/i.exec(request.headers['content-type'] ?? '') ?? []
  const boundary = quoted ?? plain ?? ''
  if (boundary === '' || boundary.length > LONGEST_BOUNDARY) throw broken()
  const { fields, files } =
    bytes.length < HEAVY_BYTES ? parseForm(bytes, boundary) : await heavyWork.turn(() => parseForm(bytes, boundary))
  request.formFiles = files
  return fields
}

const HEAD_END = Buffer.from('\r\n\r\n')
const NEW_LINE = Buffer.from('\r\n')

function parseForm(bytes: Buffer, boundary: string): Form {
  const fields: Record<string, Json> = {}
  const files: FormFile[] = []
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  let fieldsSeen = 0
  // The first one has no line before it, or has what nobody reads.
  const first = delimiter.subarray(NEW_LINE.length)
  const start = bytes.subarray(0, first.length).equals(first) ? -NEW_LINE.length : bytes.indexOf(delimiter)
  if (start === -1) throw broken()
  for (let at = start + delimiter.length; ; ) {
    if (bytes.toString('latin1', at, at + 2) === '--') return { fields, files }
    const headEnd = bytes.subarray(at, at + MOST_HEAD_BYTES).indexOf(HEAD_END)
    const end = headEnd < 0 ? -1 : bytes.indexOf(delimiter, at + headEnd + NEW_LINE.length)
    if (end < 0) throw broken()
    const { name, isFile } = readHead(bytes.toString('utf8', at, at + headEnd))
    const value = bytes.subarray(Math.min(end, at + headEnd + HEAD_END.length), end)
    at = end + delimiter.length
    if (isFile) {
      if (files.length === MOST_FILES) throw tooMany()
      files.push({ field: name, bytes: value })
    } else {
      if (++fieldsSeen > MOST_FIELDS) throw tooMany()
      if (name !== '__proto__') fields[name] = value.toString('utf8')
    }
  }
}

/** Of a part: the name of its field, and whether it is a file. Throws 400 where it has no name. */
function readHead(head: string): { readonly name: string; readonly isFile: boolean } {
  const lines = head.split('\r\n')
  const disposition = lines.find((line) => /^content-disposition\s*:\s*form-data\b/i.test(line)) ?? ''
  const name = /;\s*name=(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))/i.exec(disposition)
  if (name === null) throw broken()
  const isFile = /;\s*filename\*?=/i.test(disposition) || /^content-type\s*:\s*application\/octet-stream/im.test(head)
  return { name: (name[1] ?? name[2] ?? '').replace(/\\(.)|%22/g, (_, sign) => sign ?? '"'), isFile }
}

function broken(): GatewayError {
  return new GatewayError('invalid_request', 'The multipart body of the request cannot be read.')
}

function tooMany(): GatewayError {
  return new GatewayError('invalid_request', `A form has at most ${MOST_FIELDS} fields and ${MOST_FILES} files.`)
}
