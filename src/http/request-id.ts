import type { IncomingMessage } from 'node:http'
import { randomId } from './random-id.ts'

const SANE = /^[A-Za-z0-9_.:-]{1,128}$/

/** The caller's `x-request-id` when it is short and plain, else a new one; so logs of both sides can be joined and nobody can write into ours. */
export function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && SANE.test(given) ? given : newRequestId()
}

/** An id of ours. */
export function newRequestId(): string {
  return `req_${randomId()}`
}
