import type { FastifyRequest } from 'fastify'
import type { Json } from '../core/json.ts'
import { GatewayError } from '../errors.ts'

/** A multipart body, read whole. */
export interface FormBody {
  readonly fields: Readonly<Record<string, Json>>
  readonly files: readonly { readonly field: string; readonly bytes: Buffer }[]
}

const MOST_FILES = 16
const MOST_FIELDS = 64

/** Reads a multipart body within the limits of any other. Throws 413 where it is too large, 400 where it is broken. */
export async function readForm(request: FastifyRequest): Promise<FormBody> {
  const { maxBodyBytes } = request.server.config.server
  const length = Number(request.headers['content-length'] ?? 0)
  if (length > maxBodyBytes) throw tooLarge()
  const hold = request.server.bodyBudget.admit(request.apiKey?.name ?? '', length)
  request.bodyHold = hold
  const fields: Record<string, Json> = {}
  const files: { field: string; bytes: Buffer }[] = []
  let total = 0
  try {
    const limits = { fileSize: maxBodyBytes, fieldSize: maxBodyBytes, files: MOST_FILES, fields: MOST_FIELDS }
    for await (const part of request.parts({ limits })) {
      if (part.type === 'field') fields[part.fieldname] = String(part.value)
      else {
        const bytes = await part.toBuffer()
        if (length === 0) hold.add(bytes.length)
        total += bytes.length
        files.push({ field: part.fieldname, bytes })
      }
      if (total > maxBodyBytes) throw tooLarge()
    }
  } catch (error) {
    throw asOurs(error)
  }
  if (length > 0) hold.add(length)
  return { fields, files }
}

function asOurs(error: unknown): unknown {
  if (error instanceof GatewayError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'FST_REQ_FILE_TOO_LARGE') return tooLarge()
  return new GatewayError('invalid_request', 'The multipart body of the request cannot be read.', { cause: error })
}

function tooLarge(): GatewayError {
  return new GatewayError('body_too_large', 'The request body is larger than this gateway takes. Send a smaller picture.')
}
