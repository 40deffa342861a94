import fastify, { type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import { type Dispatcher, Pool } from 'undici'
import { createSigner, percentEncode } from '../src/bedrock/transport/sign.ts'
import { logOutput } from '../src/telemetry/log-output.ts'
import { type Asked, toConverse, toUsage } from './translate.ts'

/**
 * What a gateway is made of, and nothing of a gateway: Fastify, undici, the signature, a log line and five headers, put together in the
 * plainest way. It reads just enough of what the bench sends and gets to answer it rightly, and trusts all of it: no validation, checksums,
 * limits, retries or metrics. What Adit costs beyond this is Adit's own. PORT, UPSTREAM, API_KEY and AWS credentials come from the environment.
 */
const { origin, host } = new URL(process.env.UPSTREAM!)
const authorization = `Bearer ${process.env.API_KEY}`
const pool = new Pool(origin, { connections: 2048, headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 240_000 })
const signer = createSigner({ region: process.env.AWS_REGION!, service: 'bedrock' })
const credentials = { accessKeyId: process.env.AWS_ACCESS_KEY_ID!, secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY! }

const app = fastify({
  keepAliveTimeout: 75_000,
  logger: { base: { service: 'parts' }, stream: logOutput() },
  logController: new LogController({ disableRequestLogging: true }),
  childLoggerFactory: (logger) => logger
})
app.removeAllContentTypeParsers()
app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body: string, done) =>
  done(null, JSON.parse(body))
)
app.get('/health', async () => 'ok')
app.post<{ Body: Asked }>('/v1/chat/completions', (request, reply) => {
  if (request.headers.authorization !== authorization) {
    reply.code(401).send()
    return
  }
  pool.dispatch(signed(request.body), request.body.stream ? streamed(request, reply) : whole(request, reply))
  logged(request, reply)
})

function signed(asked: Asked): Dispatcher.DispatchOptions {
  const body = JSON.stringify(toConverse(asked))
  const path = `/model/${percentEncode(asked.model)}/${asked.stream ? 'converse-stream' : 'converse'}`
  const headers = { host, 'content-type': 'application/json' }
  return { method: 'POST', path, body, headers: signer.sign({ method: 'POST', path, headers, body }, credentials, Date.now()) }
}

/** The answer's body is the one JSON text that has come. */
function whole({ id, body: { model } }: FastifyRequest<{ Body: Asked }>, reply: FastifyReply): Dispatcher.DispatchHandler {
  const pieces: Buffer[] = []
  return {
    ...leaving(reply),
    onResponseStart() {},
    onResponseData(_controller, chunk) {
      pieces.push(chunk)
    },
    onResponseEnd() {
      const { output, usage } = JSON.parse((pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)).toString())
      const message = { role: 'assistant', content: output.message.content[0].text, refusal: null }
      reply.headers(ownHeaders(id)).send({
        ...headOf(id, model, 'chat.completion'),
        choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
        usage: toUsage(usage)
      })
    }
  }
}

const PRELUDE_BYTES = 12
const CRC_BYTES = 4
const TEXT = '"text":"'

/** Every frame becomes a chunk; the text of a delta is copied as it stands in its JSON. */
function streamed({ id, body: { model } }: FastifyRequest<{ Body: Asked }>, reply: FastifyReply): Dispatcher.DispatchHandler {
  const { raw } = reply.hijack()
  const head = JSON.stringify(headOf(id, model, 'chat.completion.chunk')).slice(0, -1)
  const frame = (choices: string, usage = 'null') => `data: ${head},"choices":[${choices}],"usage":${usage}}\n\n`
  const choice = (delta: string, finish = 'null') => `{"index":0,"delta":{${delta}},"logprobs":null,"finish_reason":${finish}}`
  let left: Buffer | undefined

  function encode(payload: string): string {
    const at = payload.indexOf(TEXT)
    if (at >= 0) {
      const start = at + TEXT.length
      return frame(choice(`"content":"${payload.slice(start, payload.indexOf('"},', start))}"`))
    }
    if (payload.includes('"role"')) return frame(choice('"role":"assistant","content":"","refusal":null'))
    if (payload.includes('"stopReason"')) return frame(choice('', '"stop"'))
    if (!payload.includes('"usage"')) return ''
    return `${frame('', JSON.stringify(toUsage(JSON.parse(payload).usage)))}data: [DONE]\n\n`
  }

  return {
    ...leaving(reply),
    onResponseStart(_controller, status) {
      raw.writeHead(status, { ...ownHeaders(id), 'content-type': 'text/event-stream; charset=utf-8' })
    },
    onResponseData(controller, chunk) {
      const bytes = left === undefined ? chunk : Buffer.concat([left, chunk])
      let out = ''
      let at = 0
      while (bytes.length - at >= PRELUDE_BYTES && bytes.length - at >= bytes.readUInt32BE(at)) {
        const end = at + bytes.readUInt32BE(at)
        out += encode(bytes.toString('latin1', at + PRELUDE_BYTES + bytes.readUInt32BE(at + 4), end - CRC_BYTES))
        at = end
      }
      left = at === bytes.length ? undefined : bytes.subarray(at)
      if (out === '' || raw.write(out, 'latin1')) return
      controller.pause()
      raw.once('drain', () => controller.resume())
    },
    onResponseEnd() {
      raw.end()
    }
  }
}

/** A client that leaves ends the call; a call that fails ends the connection. */
function leaving({ raw }: FastifyReply): Dispatcher.DispatchHandler {
  return {
    onRequestStart(controller) {
      raw.once('close', () => {
        if (!raw.writableFinished) controller.abort(new Error('the client left'))
      })
    },
    onResponseError() {
      raw.destroy()
    }
  }
}

function logged(request: FastifyRequest<{ Body: Asked }>, { raw }: FastifyReply): void {
  const startedAt = performance.now()
  const { id: reqId, method, url: path } = request
  const { model, stream } = request.body
  raw.once('close', () => {
    const line = { reqId, method, path, status: raw.statusCode, key: 'key', asked: model, model, region: 'us-east-1', stream }
    request.log.info({ ...line, total_ms: Math.round((performance.now() - startedAt) * 10) / 10, attempts: 1 }, 'request')
  })
}

function ownHeaders(id: string) {
  return {
    'x-request-id': id,
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'x-request-id',
    'server-timing': 'total;dur=1.0',
    'cache-control': 'no-cache, no-transform'
  }
}

function headOf(id: string, model: string, object: string) {
  return { id: `chatcmpl-${id}`, object, created: Math.floor(Date.now() / 1000), model, system_fingerprint: null }
}

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
process.once('SIGTERM', () => process.exit(0))
