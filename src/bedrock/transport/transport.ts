import type { CredentialSource, Credentials } from '../../aws/credentials.ts'
import { memoize } from '../../core/bounded.ts'
import type { Cancel } from '../../core/cancel.ts'
import type { CoreField } from '../../core/field.ts'
import { HEAVY_BYTES, heavyWork } from '../../core/heavy-work.ts'
import { type Wait, within } from '../../core/within.ts'
import { GatewayError } from '../../errors.ts'
import type { AgentOptions } from './agent.ts'
import type { BedrockHost } from './endpoint.ts'
import { type HttpBody, readText } from './http-body.ts'
import { exchange, type HttpAnswer, type Timeouts } from './http-exchange.ts'
import { createLink, type Opened } from './link.ts'
import { leftError } from './network-error.ts'
import { readRefusal } from './read-refusal.ts'
import { percentEncode } from './sign.ts'

/** One call of a model. */
export interface BedrockCall {
  /** Below the endpoint, percent-encoded. */
  readonly path: string
  /** Absent: Bedrock's runtime. */
  readonly host?: BedrockHost
  /** The model as it is called, for errors. */
  readonly model: string
  /** The answer comes in pieces, the first of them soon. */
  readonly streams: boolean
  readonly body: string | Uint8Array
  /** The field that holds what the model reads; default `turns`. */
  readonly input?: CoreField
  /** Beside those every call has; lower-case names. */
  readonly headers?: Readonly<Record<string, string>>
}

/** A call that Bedrock accepted: its status is 2xx. */
export interface BedrockResponse {
  readonly headers: HttpAnswer['headers']
  readonly requestId: string | undefined
  readonly body: HttpBody
}

/** The way to Bedrock in one region. */
export interface Transport {
  /** Empty until it is known: the SDK's own rule is asked on first use. */
  readonly region: string
  /** Finds the region and the endpoint. Throws GatewayError `not_ready`. */
  locate(): Promise<string>
  /** Resolves with an accepted answer whose body is still to be read. Throws GatewayError for every other outcome. */
  send(call: BedrockCall, signal: Cancel): Promise<BedrockResponse>
  /** Reads a list: the text of the answer to a GET. Throws GatewayError for every answer that is no success. */
  read(from: { readonly host: BedrockHost; readonly path: string }, signal: Cancel): Promise<string>
  /** Finds the endpoint, loads credentials and opens connections. Throws GatewayError saying what is missing. */
  warm(): Promise<void>
  /** Ends all connections, running calls included. */
  close(): Promise<void>
}

export interface TransportOptions extends AgentOptions {
  /** The operator's address of mantle; absent: AWS's own. */
  readonly mantleEndpoint?: string
  /** Absent: the SDK's own rule. */
  readonly region?: string
  readonly credentials: CredentialSource
  /** A Bedrock API key; it is used instead of credentials. Empty counts as absent. */
  readonly bearerToken?: string
  /** Until the first byte of a stream. Milliseconds. */
  readonly firstEventTimeoutMs: number
  /** Between two bytes; also until the answer of a call that does not stream. Milliseconds. */
  readonly idleTimeoutMs: number
  /** Milliseconds since the epoch. */
  readonly now?: () => number
}

/** What came back, and the credentials it was asked with. */
interface Exchanged {
  readonly answer: HttpAnswer
  readonly used: Credentials | undefined
}

interface Outgoing {
  readonly method: 'GET' | 'POST'
  readonly host?: BedrockHost
  readonly path: string
  readonly query?: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
  readonly timeouts: Timeouts
}

const WARM_CONNECTIONS = 4
const WARM_BYTES = 1_048_576
const LIST_BYTES = 4_194_304
const LIST_TIMEOUTS: Timeouts = { firstByteMs: 10_000, idleMs: 10_000 }
const WARM_TIMEOUTS: Timeouts = { firstByteMs: 5000, idleMs: 5000 }
/** Clocks that differ by more make AWS refuse a signature. Milliseconds. */
const SKEW_MS = 240_000

/** Makes the transport of one region; nothing is opened or read before the first call or `warm`. */
export function createTransport(options: TransportOptions): Transport {
  const { credentials, now = Date.now } = options
  const bearer = options.bearerToken === undefined || options.bearerToken === '' ? undefined : `Bearer ${options.bearerToken}`
  const streaming: Timeouts = { firstByteMs: options.firstEventTimeoutMs, idleMs: options.idleTimeoutMs }
  // The first byte of such an answer comes when its last token is made.
  const whole: Timeouts = {
    firstByteMs: Math.max(options.firstEventTimeoutMs, options.idleTimeoutMs),
    idleMs: options.idleTimeoutMs
  }
  const link = createLink({ ...options, host: 'runtime' })
  const mantle = createLink({ ...options, host: 'mantle' })
  let skewMs = 0

  async function request(outgoing: Outgoing, signal: Cancel): Promise<Exchanged> {
    const { firstByteMs } = outgoing.timeouts
    const way = outgoing.host === 'mantle' ? mantle : link
    const opened = way.opened ?? (await within(way.open(), waitFor('the endpoint of Bedrock', firstByteMs, signal)))
    const known = bearer === undefined ? credentials.get() : undefined
    const used = known instanceof Promise ? await within(known, waitFor('the AWS credentials', firstByteMs, signal)) : known
    const signed =
      outgoing.body.length < HEAVY_BYTES
        ? ready(outgoing, opened, used)
        : await heavyWork.turn(() => ready(outgoing, opened, used))
    const answer = await exchange(opened.agent, signed, outgoing.timeouts, signal)
    return { used, answer }
  }

  /** The request as it goes out, with its signature. */
  function ready({ method, path: label, query, headers: own, body }: Outgoing, opened: Opened, used: Credentials | undefined) {
    const { endpoint, signer } = opened
    const path = endpoint.basePath + label
    const signable = { method, path, query: query ?? '', headers: { host: endpoint.host, ...own }, body }
    const headers =
      used === undefined ? { ...signable.headers, authorization: bearer ?? '' } : signer.sign(signable, used, now() + skewMs)
    // Bedrock's front end compresses when it may, and a compressed stream is held back until a block is full.
    headers['accept-encoding'] = 'identity'
    const target = query === undefined ? path : `${path}?${query}`
    return { method, origin: endpoint.origin, path: target, headers, body: method === 'GET' ? null : body }
  }

  /** Bedrock did not accept our signature: the clock or the credentials are wrong, and the next call shall go with better ones. */
  function doubt({ used, answer }: Exchanged): void {
    const ahead = Date.parse(String(answer.headers.date)) - now()
    if (Math.abs(ahead - skewMs) > SKEW_MS) skewMs = ahead
    else if (used !== undefined) credentials.refuse(used)
  }

  return {
    get region() {
      return options.region ?? link.opened?.endpoint.region ?? ''
    },
    async locate() {
      const { endpoint } = link.opened ?? (await link.open())
      return endpoint.region
    },
    async send(call, signal) {
      const exchanged = await request(
        {
          method: 'POST',
          path: call.path,
          ...(call.host === undefined ? {} : { host: call.host }),
          headers: { 'content-type': 'application/json', ...call.headers },
          body: call.body,
          timeouts: call.streams ? streaming : whole
        },
        signal
      )
      const { answer } = exchanged
      if (answer.status >= 200 && answer.status < 300) return accepted(answer)
      const refusal = await readRefusal(answer, {
        model: call.model,
        ...(call.input === undefined ? {} : { input: call.input })
      })
      if (refusal.kind === 'upstream_auth') doubt(exchanged)
      throw refusal
    },
    async read({ host, path }, signal) {
      const exchanged = await request({ method: 'GET', host, path, headers: {}, body: '', timeouts: LIST_TIMEOUTS }, signal)
      const { answer } = exchanged
      if (answer.status >= 200 && answer.status < 300) return readText(answer.body, LIST_BYTES)
      const refusal = await readRefusal(answer, { model: 'list' })
      if (refusal.kind === 'upstream_auth') doubt(exchanged)
      throw refusal
    },
    async warm() {
      const signal = new AbortController().signal
      const path = '/async-invoke'
      const call = { method: 'GET', path, query: 'maxResults=1', headers: {}, body: '', timeouts: WARM_TIMEOUTS } as const
      await Promise.all(
        Array.from({ length: WARM_CONNECTIONS }, async () => {
          // Whatever is answered, even a 403: the connection is open and stays in the pool.
          const { answer } = await request(call, signal)
          await readText(answer.body, WARM_BYTES)
        })
      )
    },
    async close() {
      await Promise.all([link.close(), mantle.close()])
    }
  }
}

/** What a call needs before it can be sent is part of its time. */
function waitFor(what: string, ms: number, signal: Cancel): Wait {
  const late = () => new GatewayError('upstream_timeout', `Waited for ${what} for ${Math.round(ms / 1000)} seconds`)
  return { ms, late, signal, left: leftError }
}

/** The path of an operation of a model. A label of dots alone would be read as a step up the path. */
export function modelPath(modelId: string, operation: string): string {
  return `/model/${labelOf(modelId)}/${operation}`
}

const labelOf = memoize((id: string) => (/^\.+$/.test(id) ? id.replaceAll('.', '%2E') : percentEncode(id)), 256)

function accepted({ headers, body }: HttpAnswer): BedrockResponse {
  const requestId = headers['x-amzn-requestid']
  return { headers, body, requestId: typeof requestId === 'string' ? requestId : undefined }
}
