import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { constants, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import { setTimeout as delay } from 'node:timers/promises'

export type AnyRequest = IncomingMessage | Http2ServerRequest
export type AnyResponse = ServerResponse | Http2ServerResponse

/** One request and its response, the same for HTTP/1.1 and HTTP/2. */
export interface Exchange {
  readonly requestId: string
  readonly method: string
  /** Path and query exactly as sent. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** Fires when the client leaves before the response is complete. */
  readonly left: AbortSignal
  sendJson(status: number, text: string, headers?: Record<string, string>): void
  /** Any other text, with headers of its own. */
  sendText(status: number, text: string, headers: Record<string, string>): void
  openStream(headers: Record<string, string>): void
  /** Writes and waits until the client has taken enough to go on. */
  write(bytes: Uint8Array): Promise<void>
  end(): void
  /** Kills the connection (HTTP/1.1) or the stream (HTTP/2) without a goodbye. */
  reset(): void
  /** Whether the stand-in itself killed this exchange. */
  wasReset(): boolean
  wait(ms: number): Promise<void>
}

/** Reads the request whole and wraps it with its response. */
export async function openExchange(request: AnyRequest, response: AnyResponse, requestId: string): Promise<Exchange> {
  const leaving = new AbortController()
  response.once('close', () => leaving.abort())
  response.on('error', () => leaving.abort())
  response.setHeader('x-standin', '1')
  response.setHeader('x-amzn-requestid', requestId)
  return {
    requestId,
    method: request.method ?? 'GET',
    target: request.url ?? '/',
    headers: flatHeaders(request),
    body: await readBody(request),
    left: leaving.signal,
    ...makeReply(response, leaving.signal)
  }
}

type Reply = Pick<Exchange, 'sendJson' | 'sendText' | 'openStream' | 'write' | 'end' | 'reset' | 'wasReset' | 'wait'>

function makeReply(response: AnyResponse, left: AbortSignal): Reply {
  let killed = false
  return {
    sendJson(status, text, headers = {}) {
      setHead(response, status, {
        'content-type': 'application/json',
        'content-length': `${Buffer.byteLength(text)}`,
        ...headers
      })
      finish(response, text)
    },
    sendText(status, text, headers) {
      const length = status === 204 ? {} : { 'content-length': `${Buffer.byteLength(text)}` }
      setHead(response, status, { ...length, ...headers })
      finish(response, text)
    },
    openStream(headers) {
      setHead(response, 200, headers)
      // On HTTP/2 writeHead sends at once; HTTP/1.1 holds the head back until it is flushed.
      if ('stream' in response) response.writeHead(200)
      else (response as ServerResponse).flushHeaders()
    },
    async write(bytes) {
      if (left.aborted) return
      // The two response types declare write() apart, so a union of them cannot be called.
      const more = 'stream' in response ? response.write(bytes) : (response as ServerResponse).write(bytes)
      if (!more) await once(response, 'drain', { signal: left }).catch(() => undefined)
    },
    end: () => finish(response),
    reset() {
      // Too late once the client has gone: then it was the client who ended this.
      if (!left.aborted) killed = true
      kill(response)
    },
    wasReset: () => killed,
    wait: (ms) => delay(ms, undefined, { signal: left }).catch(() => undefined)
  }
}

function setHead(response: AnyResponse, status: number, headers: Record<string, string>): void {
  response.statusCode = status
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
}

function finish(response: AnyResponse, text?: string): void {
  if (response.destroyed) return
  if (text === undefined) response.end()
  else response.end(text)
}

function kill(response: AnyResponse): void {
  if ('stream' in response) response.stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  else response.socket?.resetAndDestroy()
}

function flatHeaders(request: AnyRequest): Record<string, string> {
  const entries = Object.entries(request.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(',') : `${value}`
  ])
  const flat = Object.fromEntries(entries) as Record<string, string>
  const host = flat.host ?? flat[':authority']
  return host === undefined ? flat : { ...flat, host }
}

async function readBody(request: AnyRequest): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
