import { type ContentBlock, ConverseCommand, type Message } from '@aws-sdk/client-bedrock-runtime'
import t from 'tap'
import { build, user } from './clients.ts'

const FABLE = 'us.anthropic.claude-fable-5-1'
const OPUS_48 = 'us.anthropic.claude-opus-4-8'
const SONNET_45 = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const SONNET_46 = 'us.anthropic.claude-sonnet-4-6'
const BETA = 'thinking-binding-controls-2026-08-01'

const toolConfig = { tools: [{ toolSpec: { name: 'look', inputSchema: { json: { type: 'object' } } } }] }
const use = (toolUseId: string): ContentBlock => ({ toolUse: { toolUseId, name: 'look', input: {} } })
const result = (toolUseId: string): ContentBlock => ({ toolResult: { toolUseId, content: [{ text: 'found' }] } })
const thought = (text: string): ContentBlock => ({ reasoningContent: { reasoningText: { text } } })

/** Lets a model give this answer, and says how the next turn is met. */
async function given(t: Parameters<typeof build>[0], model: string, content: readonly ContentBlock[]) {
  const { runtime, standin } = await build(t)
  standin.answer(model, { content }, { content: [{ text: 'done' }] })
  const system = [{ text: 'It is 10:00.' }]
  const { output } = await runtime.send(new ConverseCommand({ modelId: model, system, messages: [user('q')], toolConfig }))
  const calls = content.flatMap(({ toolUse }) => (toolUse?.toolUseId === undefined ? [] : [toolUse.toolUseId]))
  const next = (answer: readonly ContentBlock[], more: object = {}) => {
    const messages: Message[] = [
      user('q'),
      { role: 'assistant', content: [...answer] },
      calls.length === 0 ? user('r') : { role: 'user', content: calls.map(result) }
    ]
    return runtime.send(new ConverseCommand({ modelId: model, system, messages, toolConfig, ...more }))
  }
  return { answer: output?.message?.content ?? [], next }
}

t.test('F10: reasoning is bound to what came before it, unless the request says that it may be dropped', async (t) => {
  const { answer, next } = await given(t, FABLE, [thought('hm'), use('a')])
  await next(answer)
  const later = { system: [{ text: 'It is 10:01.' }] }
  await t.rejects(next(answer, later), { message: /messages\.1\.content\.0: The block is bound to a different conversation/ })
  const binding = { thinking: { type: 'adaptive', block_binding: { prefix_mismatch_behavior: 'drop_block' } } }
  await next(answer, { ...later, additionalModelRequestFields: { ...binding, anthropic_beta: [BETA] } })
  await t.rejects(next(answer, { ...later, additionalModelRequestFields: binding }), {
    message: /thinking\.adaptive\.block_binding: Extra inputs are not permitted/
  })
})

t.test('F10: a model before 5.1 binds nothing and knows no such wish', async (t) => {
  const { answer, next } = await given(t, OPUS_48, [thought('hm'), use('a')])
  await next(answer, { system: [{ text: 'It is 10:01.' }] })
  const binding = { thinking: { type: 'adaptive', block_binding: { prefix_mismatch_behavior: 'drop_block' } } }
  await t.rejects(next(answer, { additionalModelRequestFields: { ...binding, anthropic_beta: [BETA] } }), {
    message: /block_binding: Extra inputs/
  })
})

t.test("F11: another model's reasoning is refused, open or opaque", async (t) => {
  const opaque = { reasoningContent: { redactedContent: 'c2VjcmV0' } } as unknown as ContentBlock
  const { answer, next } = await given(t, OPUS_48, [thought('hm'), opaque, use('a')])
  await next(answer)
  await t.rejects(next(answer, { modelId: SONNET_46 }), { message: /Invalid `signature` in `thinking` block/ })
  await t.rejects(next(answer.slice(1), { modelId: SONNET_46 }), { message: /Invalid `data` in `redacted_thinking` block/ })
})

t.test('F12: reasoning between calls is refused in any other place', async (t) => {
  const { answer, next } = await given(t, OPUS_48, [thought('one'), { text: 'so' }, use('a'), thought('two'), use('b')])
  await next(answer)
  const [one, text, a, two, b] = answer as [ContentBlock, ContentBlock, ContentBlock, ContentBlock, ContentBlock]
  for (const moved of [
    [one, two, text, a, b],
    [one, text, two, a, b],
    [one, text, a, b]
  ])
    await t.rejects(next(moved), { message: /blocks in the latest assistant message cannot be modified/ })
  await next([text, a, b])
})

t.test('with a budget the turn whose tools are answered begins with its reasoning', async (t) => {
  const { answer, next } = await given(t, SONNET_45, [thought('hm'), use('a')])
  const fields = {
    additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1024 } },
    inferenceConfig: { maxTokens: 2000 }
  }
  await next(answer, fields)
  await t.rejects(next(answer.slice(1), fields), {
    message: /Expected `thinking` or `redacted_thinking`, but found `tool_use`/
  })
})
