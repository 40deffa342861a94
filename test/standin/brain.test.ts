import { ConverseCommand, type ConverseCommandInput, ConverseStreamCommand, type Message } from '@aws-sdk/client-bedrock-runtime'
import t from 'tap'
import { build, CLAUDE, NOVA, user } from './clients.ts'

const HAIKU_45 = 'us.anthropic.claude-haiku-4-5-20251001-v1:0'
const weather = {
  toolSpec: {
    name: 'get_weather',
    inputSchema: {
      json: { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } }, required: ['city'] }
    }
  }
}
const clock = { toolSpec: { name: 'get_time', inputSchema: { json: { type: 'object', properties: {} } } } }
const toolConfig = { tools: [weather, clock] }
const ask = (text: string, more: Partial<ConverseCommandInput> = {}, modelId = NOVA) =>
  new ConverseCommand({ modelId, messages: [user(text)], ...more })

t.test('calls a tool with arguments of its schema, then quotes the result', async (t) => {
  const { runtime } = await build(t)
  const first = await runtime.send(ask('What is the weather in Paris?', { toolConfig }))
  t.equal(first.stopReason, 'tool_use')
  const call = first.output?.message?.content?.[0]?.toolUse
  t.match(call, { name: 'get_weather', input: { city: 'Paris', days: Number } })
  const results: Message = {
    role: 'user',
    content: [{ toolResult: { toolUseId: call?.toolUseId, content: [{ text: 'sunny, 22' }] } }]
  }
  const messages = [user('What is the weather in Paris?'), first.output?.message as Message, results]
  const second = await runtime.send(new ConverseCommand({ modelId: NOVA, messages, toolConfig }))
  t.match(second.output?.message?.content?.[0]?.text, /sunny, 22/)
})

t.test('calls two tools when both are asked for, the named one when forced, none when there is no reason', async (t) => {
  const { runtime } = await build(t)
  const names = async (text: string, toolChoice?: NonNullable<ConverseCommandInput['toolConfig']>['toolChoice']) => {
    const answer = await runtime.send(ask(text, { toolConfig: { ...toolConfig, ...(toolChoice && { toolChoice }) } }))
    return answer.output?.message?.content?.map((block) => block.toolUse?.name)
  }
  t.strictSame(await names('Use both of them'), ['get_weather', 'get_time'])
  t.strictSame(await names('hello', { tool: { name: 'get_time' } }), ['get_time'])
  t.strictSame(await names('hello'), [undefined])
})

t.test('tool ids look like those of the family', async (t) => {
  const { runtime } = await build(t)
  const id = async (modelId: string) =>
    (await runtime.send(ask('use get_time', { toolConfig }, modelId))).output?.message?.content?.find((block) => block.toolUse)
      ?.toolUse?.toolUseId
  t.match(await id(NOVA), /^tooluse_[a-zA-Z0-9]{22}$/)
  t.match(await id('mistral.mistral-large-3-675b-instruct'), /^[a-zA-Z0-9]{9}$/)
  t.match(await id('moonshotai.kimi-k2.5'), /^functions\.get_time:\d$/)
})

t.test('writes JSON of the schema it was given', async (t) => {
  const { runtime } = await build(t)
  const schema = {
    type: 'object',
    properties: { city: { type: 'string' }, ok: { type: 'boolean' } },
    required: ['city', 'ok'],
    additionalProperties: false
  }
  const jsonSchema = { schema: JSON.stringify(schema) }
  const answer = await runtime.send(
    ask('Tell me of Rome', { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema } } } }, CLAUDE)
  )
  t.strictSame(JSON.parse(`${answer.output?.message?.content?.[0]?.text}`), { city: 'Rome', ok: true })
})

t.test('signed reasoning goes back and forth, and not once altered', async (t) => {
  const { runtime } = await build(t)
  const thinking = {
    inferenceConfig: { maxTokens: 4000 },
    additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2000 } }
  }
  const first = await runtime.send(ask('Ponder', thinking, HAIKU_45))
  const message = first.output?.message as Message
  const [reasoning] = message.content ?? []
  t.ok(reasoning?.reasoningContent?.reasoningText?.signature)
  const again = (turn: Message) =>
    runtime.send(new ConverseCommand({ modelId: HAIKU_45, messages: [user('Ponder'), turn, user('And?')], ...thinking }))
  t.equal((await again(message)).stopReason, 'end_turn')
  const signature = reasoning?.reasoningContent?.reasoningText?.signature
  const altered = { reasoningContent: { reasoningText: { text: 'something else', signature } } }
  await t.rejects(again({ role: 'assistant', content: [altered, { text: 'x' }] }), { message: /Invalid `signature`/ })
})

t.test('plays the directives', async (t) => {
  const { runtime } = await build(t)
  const long = await runtime.send(ask('#long 40'))
  t.equal(long.output?.message?.content?.[0]?.text?.split(' ').length, 40)
  t.equal((await runtime.send(ask('#max'))).stopReason, 'max_tokens')
  t.ok((await runtime.send(ask('#reason'))).output?.message?.content?.[0]?.reasoningContent)
  t.equal((await runtime.send(ask('a long text', { inferenceConfig: { maxTokens: 2 } }))).stopReason, 'max_tokens')
  t.equal((await runtime.send(ask('go END on', { inferenceConfig: { stopSequences: ['END'] } }))).stopReason, 'stop_sequence')
})

t.test('a guardrail blocks the marker word and shows why only when asked', async (t) => {
  const { runtime } = await build(t)
  const guard = (trace: 'enabled' | 'disabled') => ({
    guardrailConfig: { guardrailIdentifier: 'abc123', guardrailVersion: 'DRAFT', trace }
  })
  const open = await runtime.send(ask('say GUARDRAIL-BLOCK', guard('enabled')))
  t.equal(open.stopReason, 'guardrail_intervened')
  t.match(open.trace?.guardrail?.inputAssessment?.abc123?.topicPolicy?.topics?.[0], { action: 'BLOCKED' })
  t.equal((await runtime.send(ask('say GUARDRAIL-BLOCK', guard('disabled')))).trace, undefined)
  t.equal((await runtime.send(ask('say GUARDRAIL-BLOCK'))).stopReason, 'end_turn')
})

t.test('a second call reads the prompt cache that the first one wrote', async (t) => {
  const { runtime } = await build(t)
  const system = [{ text: 'rule '.repeat(2000) }, { cachePoint: { type: 'default' as const } }]
  const first = await runtime.send(ask('hi', { system }, CLAUDE))
  const second = await runtime.send(ask('other', { system }, CLAUDE))
  t.match(first.usage, { cacheWriteInputTokens: 2500, cacheReadInputTokens: 0 })
  t.match(second.usage, { cacheWriteInputTokens: 0, cacheReadInputTokens: 2500, inputTokens: 2 })
  t.equal(second.usage?.totalTokens, 2502 + Number(second.usage?.outputTokens))
})

t.test('scripts are played in turn, the last one again, and stream what the unary answer says', async (t) => {
  const { runtime, standin } = await build(t)
  const content = [
    { reasoningContent: { reasoningText: { text: 'hm 😀', signature: 'c2ln' } } },
    { reasoningContent: { redactedContent: 'AAEC' } },
    { text: 'Voilà — 😀 done' },
    { toolUse: { toolUseId: 'tooluse_1', name: 'get_weather', input: { city: 'Orléans "😀" \n', deep: [1, { a: null }] } } }
  ]
  standin.answer(
    CLAUDE,
    { content: [{ text: 'one' }], stopReason: 'max_tokens', usage: { inputTokens: 7 } },
    { content, chunkSize: 1 }
  )
  const one = await runtime.send(ask('x', {}, CLAUDE))
  t.match(one, { stopReason: 'max_tokens', usage: { inputTokens: 7 } })
  const unary = (await runtime.send(ask('x', {}, CLAUDE))).output?.message?.content
  t.strictSame(await foldStream(runtime, CLAUDE), unary)
  t.match(unary?.[0], content[0])
  const turn: Message = { role: 'assistant', content: unary }
  const answered: Message = { role: 'user', content: [{ toolResult: { toolUseId: 'tooluse_1', content: [{ text: 'done' }] } }] }
  const toolConfig = { tools: [{ toolSpec: { name: 'get_weather', inputSchema: { json: { type: 'object' } } } }] }
  await runtime.send(new ConverseCommand({ modelId: CLAUDE, messages: [user('a'), turn, answered], toolConfig }))
})

t.test('equal seeds give equal answers, another seed another tool id', async (t) => {
  const idOf = async (seed: number) => {
    const { runtime } = await build(t, { seed })
    return (await runtime.send(ask('use get_time', { toolConfig }))).output?.message?.content?.[0]?.toolUse?.toolUseId
  }
  t.equal(await idOf(1), await idOf(1))
  t.not(await idOf(1), await idOf(2))
})

async function foldStream(client: Awaited<ReturnType<typeof build>>['runtime'], modelId: string) {
  const { stream } = await client.send(new ConverseStreamCommand({ modelId, messages: [user('x')] }))
  const blocks: Record<string, unknown>[] = []
  const inputs = new Map<number, string>()
  for await (const { contentBlockStart, contentBlockDelta } of stream ?? []) {
    const index = contentBlockStart?.contentBlockIndex ?? contentBlockDelta?.contentBlockIndex ?? 0
    const delta = contentBlockDelta?.delta
    const before = blocks[index] ?? {}
    if (contentBlockStart?.start?.toolUse) blocks[index] = { toolUse: { ...contentBlockStart.start.toolUse } }
    if (delta?.text !== undefined) blocks[index] = { text: `${before.text ?? ''}${delta.text}` }
    if (delta?.toolUse) inputs.set(index, `${inputs.get(index) ?? ''}${delta.toolUse.input}`)
    if (delta?.reasoningContent?.redactedContent)
      blocks[index] = { reasoningContent: { redactedContent: delta.reasoningContent.redactedContent } }
    else if (delta?.reasoningContent) blocks[index] = foldReasoning(before, delta.reasoningContent)
  }
  for (const [index, input] of inputs) Object.assign(blocks[index]?.toolUse as object, { input: JSON.parse(input) })
  return blocks
}

function foldReasoning(before: Record<string, unknown>, delta: { text?: string; signature?: string }) {
  const { text = '', ...rest } = ((before.reasoningContent as { reasoningText?: object })?.reasoningText ?? {}) as {
    text?: string
  }
  const reasoningText =
    delta.text === undefined ? { text, ...rest, signature: delta.signature } : { text: text + delta.text, ...rest }
  return { reasoningContent: { reasoningText } }
}
