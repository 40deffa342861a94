import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { build } from '../support/helper.ts'

const MODEL = 'amazon.nova-lite-v1:0'
const WORDS = 'a sentence nobody else may read'
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'

interface Attribute {
  readonly key: string
  readonly value: Record<string, unknown>
}
interface SentSpan {
  readonly name: string
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly status: { readonly code?: number }
  readonly attributes: readonly Attribute[]
}

/** A collector on loopback that keeps what it is sent. */
async function collector(t: Test) {
  const bodies: { path: string; text: string }[] = []
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    bodies.push({ path: request.url ?? '', text: Buffer.concat(pieces).toString() })
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const parsed = (path: string) => bodies.filter((body) => body.path === path).map((body) => JSON.parse(body.text))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    spans: (): SentSpan[] =>
      parsed('/v1/traces').flatMap(({ resourceSpans }) =>
        resourceSpans.flatMap(({ scopeSpans }: { scopeSpans: { spans: SentSpan[] }[] }) =>
          scopeSpans.flatMap(({ spans }) => spans)
        )
      ),
    metrics: (): { name: string; histogram: { dataPoints: { attributes: Attribute[]; count: number }[] } }[] =>
      parsed('/v1/metrics').flatMap(({ resourceMetrics }) =>
        resourceMetrics.flatMap(({ scopeMetrics }: { scopeMetrics: { metrics: object[] }[] }) =>
          scopeMetrics.flatMap(({ metrics }) => metrics)
        )
      )
  }
}

/** A gateway that tells the collector. The exporters read the process's environment, as they do for an operator. */
async function traced(t: Test, url: string, env: Record<string, string> = {}) {
  const built = await build(t, { OTEL_EXPORTER_OTLP_ENDPOINT: url, ...env })
  return built
}

const attributesOf = (span: SentSpan) =>
  Object.fromEntries(span.attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

t.test('a request is a span in its caller’s trace, and its call to Bedrock one below it', async (t) => {
  const { url, spans, bodies } = await collector(t)
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = url
  const { app, post } = await traced(t, url)
  const body = { model: MODEL, messages: [{ role: 'user', content: WORDS }] }
  await (await post('/v1/chat/completions', body, { traceparent: `00-${TRACE}-${PARENT}-01` })).text()
  await app.close()

  const server = spans().find(({ name }) => name === 'POST /v1/chat/completions')!
  const client = spans().find(({ name }) => name === `chat ${MODEL}`)!
  t.match(server, { traceId: TRACE, parentSpanId: PARENT, kind: 2 })
  t.match(attributesOf(server), { 'http.request.method': 'POST', 'http.response.status_code': 200 })
  t.match(client, { traceId: TRACE, parentSpanId: server.spanId, kind: 3 })
  t.match(attributesOf(client), {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'aws.bedrock',
    'gen_ai.request.model': MODEL,
    'gen_ai.response.model': MODEL,
    'gen_ai.usage.input_tokens': Number,
    'gen_ai.usage.output_tokens': Number,
    'adit.key': 'default',
    'adit.cost_usd': Number
  })
  t.ok(BigInt(client.startTimeUnixNano) >= BigInt(server.startTimeUnixNano))
  t.ok(BigInt(client.endTimeUnixNano) >= BigInt(client.startTimeUnixNano))
  t.ok(Math.abs(Number(BigInt(server.endTimeUnixNano) / 1_000_000n) - Date.now()) < 60_000, 'the time of day is right')
  for (const { text } of bodies) t.notMatch(text, /sentence nobody|synthetic answer/, 'no words of anybody')
})

t.test('a failed request says so in its spans, and one without a caller’s trace begins its own', async (t) => {
  const { url, spans } = await collector(t)
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = url
  const { app, post, standin } = await traced(t, url, { UPSTREAM_MAX_ATTEMPTS: '1' })
  standin.fail(MODEL, 'throttling')
  await (await post('/v1/chat/completions', { model: MODEL, messages: [{ role: 'user', content: 'hi' }] })).text()
  await app.close()
  const server = spans().find(({ kind }) => kind === 2)!
  t.equal(server.parentSpanId ?? '', '')
  t.not(server.status.code, 2, 'a 4xx is no failure of the server')
  t.match(attributesOf(server), { 'http.response.status_code': 429 })
  const client = spans().find(({ kind }) => kind === 3)!
  t.equal(client.status.code, 2)
  t.match(attributesOf(client), { 'error.type': 'rate_limited' })
})

t.test('histograms of the conventions are sent, for streams with the time to the first token', async (t) => {
  const { url, metrics } = await collector(t)
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = url
  const { app, post } = await traced(t, url)
  const messages = [{ role: 'user', content: 'hi' }]
  await (await post('/v1/chat/completions', { model: MODEL, stream: true, messages })).text()
  await (await post('/v1/embeddings', { model: 'amazon.titan-embed-text-v2:0', input: 'hi' })).text()
  await app.close()
  const names = metrics().map(({ name }) => name)
  for (const name of [
    'http.server.request.duration',
    'gen_ai.client.operation.duration',
    'gen_ai.client.token.usage',
    'gen_ai.server.time_to_first_token',
    'gen_ai.server.time_per_output_token'
  ])
    t.ok(names.includes(name), name)
  const operations = metrics().find(({ name }) => name === 'gen_ai.client.operation.duration')!
  const told = operations.histogram.dataPoints.map(({ attributes }) =>
    Object.values(attributes.find(({ key }) => key === 'gen_ai.operation.name')!.value)
  )
  t.same(told.flat().toSorted(), ['chat', 'embeddings'])
})

t.test('nothing is sent without an endpoint, or when the SDK is disabled, or for checks of health', async (t) => {
  const { url, bodies, spans } = await collector(t)
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = url
  const disabled = await traced(t, url, { OTEL_SDK_DISABLED: 'true' })
  await (await fetch(`${disabled.base}/v1/models`)).text()
  await disabled.app.close()
  t.equal(bodies.length, 0)
  const enabled = await traced(t, url)
  await (await fetch(`${enabled.base}/health`)).text()
  await enabled.app.close()
  t.equal(spans().length, 0)
})
