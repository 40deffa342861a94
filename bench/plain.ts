import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  type ConverseStreamCommandInput,
  type ConverseStreamOutput
} from '@aws-sdk/client-bedrock-runtime'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import fastify, { type FastifyReply } from 'fastify'
import { type Asked, toConverse, toUsage } from './translate.ts'

/**
 * The plain design: Fastify, the AWS SDK's client, one JSON.stringify and one write per event. No key, no validation, no log:
 * less than a gateway must do. PORT and HANDLER (`http2`, the SDK's default, or `keep-alive`) come from the environment.
 */
const client = new BedrockRuntimeClient(
  process.env.HANDLER === 'http2'
    ? {}
    : { requestHandler: new NodeHttpHandler({ httpAgent: { keepAlive: true, maxSockets: 2048 }, connectionTimeout: 5000 }) }
)
const app = fastify({ keepAliveTimeout: 75_000 })

app.get('/health', async () => 'ok')
app.post<{ Body: Asked }>('/v1/chat/completions', async ({ body }, reply) => {
  const input = { modelId: body.model, ...toConverse(body) }
  const head = { id: `chatcmpl-${crypto.randomUUID()}`, created: Math.floor(Date.now() / 1000), model: body.model }
  if (body.stream) return stream(input, head, reply)
  const { output, usage } = await client.send(new ConverseCommand(input))
  const content = output?.message?.content?.map((block) => block.text ?? '').join('')
  const message = { role: 'assistant', content, refusal: null }
  return {
    ...head,
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: 'stop', logprobs: null }],
    usage: toUsage(usage)
  }
})

type Head = { readonly id: string; readonly created: number; readonly model: string }

async function stream(input: ConverseStreamCommandInput, head: Head, reply: FastifyReply): Promise<void> {
  const left = new AbortController()
  reply.raw.once('close', () => left.abort())
  const { stream: events } = await client.send(new ConverseStreamCommand(input), { abortSignal: left.signal })
  reply.hijack()
  reply.raw.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache, no-transform' })
  try {
    for await (const event of events!) {
      const part = toChunk(event)
      if (part === undefined) continue
      const chunk = { ...head, object: 'chat.completion.chunk', system_fingerprint: null, ...part }
      reply.raw.write(`data: ${JSON.stringify(chunk)}\n\n`)
    }
    reply.raw.end('data: [DONE]\n\n')
  } catch {
    reply.raw.destroy()
  }
}

function toChunk(event: ConverseStreamOutput): object | undefined {
  if (event.messageStart) return { choices: [choice({ role: 'assistant', content: '' })], usage: null }
  if (event.contentBlockDelta) return { choices: [choice({ content: event.contentBlockDelta.delta?.text })], usage: null }
  if (event.messageStop) return { choices: [choice({}, 'stop')], usage: null }
  if (event.metadata) return { choices: [], usage: toUsage(event.metadata.usage) }
  return undefined
}

function choice(delta: object, finish: string | null = null): object {
  return { index: 0, delta, logprobs: null, finish_reason: finish }
}

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
process.once('SIGTERM', () => process.exit(0))
