import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  type ConverseStreamOutput,
  type Message
} from '@aws-sdk/client-bedrock-runtime'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import fastify, { type FastifyReply } from 'fastify'

interface Asked {
  readonly model: string
  readonly stream?: boolean
  readonly max_tokens?: number
  readonly messages: readonly { readonly role: 'system' | 'user' | 'assistant'; readonly content: string }[]
}

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
  const input = toConverse(body)
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

async function stream(input: ReturnType<typeof toConverse>, head: Head, reply: FastifyReply): Promise<void> {
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

function toConverse({ model, messages, max_tokens: maxTokens = 1024 }: Asked) {
  const said = messages.filter(({ role }) => role !== 'system')
  return {
    modelId: model,
    system: messages.filter(({ role }) => role === 'system').map(({ content }) => ({ text: content })),
    messages: said.map(({ role, content }): Message => ({ role: role as 'user' | 'assistant', content: [{ text: content }] })),
    inferenceConfig: { maxTokens }
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

function toUsage(usage: { inputTokens?: number | undefined; outputTokens?: number | undefined } = {}): object {
  const { inputTokens = 0, outputTokens = 0 } = usage
  return { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens }
}

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
process.once('SIGTERM', () => process.exit(0))
