import t from 'tap'
import { readFrames } from '../dialects/readers/read-sse.ts'
import { eventually } from '../support/helper.ts'
import { added, asker, CHAT, chunksOf, GPT_OSS, NOVA, type Sent, SONNET_45, SONNET_46, say, tool } from './asker.ts'

const { ask, stream, standin, post, base } = await asker(t)

const thinks = (text: string) => ({ reasoningContent: { reasoningText: { text } } })
const asked = { messages: say('go') }

t.test('X1 text blocks are joined', async (t) => {
  standin.answer(NOVA, { content: [{ text: 'part1 ' }, { text: 'part2' }] })
  t.equal((await ask(asked)).body.choices[0]?.message.content, 'part1 part2')
  t.equal(added((await stream(asked)).text).message.content, 'part1 part2')
})

t.test('X2 redacted reasoning is no failure, and can be sent back', async (t) => {
  const redactedContent = btoa('opaque')
  standin.answer(SONNET_45, { content: [{ reasoningContent: { redactedContent } }, { text: 'Fine.' }] })
  const { status, body } = await ask({ ...asked, model: SONNET_45 })
  t.equal(status, 200)
  t.equal(body.choices[0]?.message.content, 'Fine.')
  const read = added((await stream({ ...asked, model: SONNET_45 })).text)
  t.match(read.message.thinking_blocks, [{ type: 'redacted_thinking', data: redactedContent }])
  t.same(body.choices[0]?.message, { ...body.choices[0]?.message, thinking_blocks: read.message.thinking_blocks })
  const next = await ask({ model: SONNET_45, messages: [...say('go'), body.choices[0]?.message, ...say('on')] })
  t.equal(next.status, 200)
  t.same(next.sent?.messages[1]?.content[0], { reasoningContent: { redactedContent } })
})

t.test('X3 reasoning cut by the token limit finishes with length', async (t) => {
  standin.answer(SONNET_46, { content: [thinks('hm, so')], stopReason: 'max_tokens' })
  const { text } = await stream({ ...asked, model: SONNET_46 })
  t.equal(added(text).finish_reason, 'length')
  t.equal(added(text).message.reasoning_content, 'hm, so')
})

t.test('X4 reasoning stands in its own field, whole and streamed', async (t) => {
  standin.answer(GPT_OSS, { content: [thinks('Why? '), thinks('So.'), { text: 'Hello.' }] })
  const { message } = (await ask({ ...asked, model: GPT_OSS })).body.choices[0] as never as { message: Record<string, unknown> }
  t.match(message, { reasoning_content: 'Why? So.', content: 'Hello.' })
  t.match(added((await stream({ ...asked, model: GPT_OSS })).text).message, { reasoning_content: 'Why? So.', content: 'Hello.' })
})

t.test('X5 a tool loop of two turns gives the signed thinking back and goes on', async (t) => {
  const body = { model: SONNET_45, reasoning_effort: 'low', max_tokens: 4000, tools: [tool('now')] }
  const now = { toolUse: { toolUseId: 'tooluse_now', name: 'now', input: {} } }
  standin.answer(SONNET_45, { content: [thinks('I need the time.'), now] })
  const messages: unknown[] = say('what time is it?')
  for (const question of ['first', 'second']) {
    const streamed = added((await stream({ ...body, messages })).text).message
    const [call] = streamed.tool_calls ?? []
    const { index: _, ...bare } = call ?? { index: 0 }
    const turn = { role: 'assistant', content: null, thinking_blocks: streamed.thinking_blocks, tool_calls: [bare] }
    messages.push(turn, { role: 'tool', tool_call_id: call?.id, content: `${question} noon` })
    const { status, sent } = await ask({ ...body, messages })
    t.equal(status, 200)
    t.match(sent?.messages.at(-2)?.content[0], {
      reasoningContent: { reasoningText: { text: 'I need the time.', signature: /./ } }
    })
    // Ids rise as they would with a real model; the same one twice would be one call.
    standin.answer(SONNET_45, {
      content: [thinks('I need the time.'), { toolUse: { ...now.toolUse, toolUseId: `tooluse_${question}` } }]
    })
  }
})

t.test('X6 cited text is content, and citations are annotations', async (t) => {
  standin.answer(NOVA, {
    content: [
      { text: 'It says: ' },
      {
        citationsContent: {
          content: [{ text: 'water is wet' }],
          citations: [{ title: 'Water', location: { web: { url: 'https://example.com/w', domain: 'example.com' } } }]
        }
      }
    ]
  })
  const whole = (await ask(asked)).body.choices[0]?.message
  const streamed = added((await stream(asked)).text).message
  for (const message of [whole, streamed]) {
    t.equal(message?.content, 'It says: water is wet')
    t.match(message?.annotations, [
      { type: 'url_citation', url_citation: { start_index: 9, end_index: 21, url: 'https://example.com/w', title: 'Water' } }
    ])
  }
})

t.test('X7 every stop reason becomes one of four words', async (t) => {
  const words = {
    guardrail_intervened: 'content_filter',
    content_filtered: 'content_filter',
    model_context_window_exceeded: 'length',
    max_tokens: 'length',
    stop_sequence: 'stop',
    refusal: 'content_filter',
    pause_turn: 'length',
    brand_new: 'stop'
  }
  for (const [stopReason, word] of Object.entries(words)) {
    standin.answer(NOVA, { content: [{ text: 'a' }], stopReason })
    t.equal((await ask(asked)).body.choices[0]?.finish_reason, word, stopReason)
    t.equal(added((await stream(asked)).text).finish_reason, word, stopReason)
  }
})

t.test('X8 the prompt counts what was read from and written to the cache', async (t) => {
  const usage = { inputTokens: 4, cacheWriteInputTokens: 1812, cacheReadInputTokens: 0, outputTokens: 10, totalTokens: 1826 }
  standin.answer(SONNET_46, { content: [{ text: 'a' }], usage })
  const told = {
    prompt_tokens: 1816,
    completion_tokens: 10,
    total_tokens: 1826,
    prompt_tokens_details: { cached_tokens: 0, cache_creation_tokens: 1812 }
  }
  t.match((await ask({ ...asked, model: SONNET_46 })).body.usage, told)
  const { text } = await stream({ ...asked, model: SONNET_46, stream_options: { include_usage: true } })
  t.match(added(text).usage, told)
})

t.test('X9 usage comes once before [DONE] and only when asked for', async (t) => {
  standin.answer(NOVA, { content: [{ text: 'a' }] })
  for (const stream_options of [{}, null, { include_usage: false }]) {
    const frames = readFrames(chunksOf((await stream({ ...asked, stream_options })).text))
    t.ok(frames.every((frame) => !('usage' in frame) && frame.choices.length === 1))
  }
  const frames = readFrames(chunksOf((await stream({ ...asked, stream_options: { include_usage: true } })).text))
  t.same(
    frames.map(({ choices, usage }) => choices.length === 0 && Boolean(usage)),
    [...frames.slice(1).map(() => false), true]
  )
})

t.test('X10 all chunks share id and time, the first has the role, and [DONE] ends the stream', async (t) => {
  standin.answer(NOVA, { content: [{ text: 'one two three' }], chunkSize: 3 })
  const { text } = await stream(asked)
  const frames = readFrames(chunksOf(text))
  t.ok(frames.length > 4)
  t.equal(new Set(frames.map(({ id, created, model }) => `${id} ${created} ${model}`)).size, 1)
  t.match(frames[0]?.id, /^chatcmpl-.{20,}$/)
  t.equal(frames[0]?.choices[0]?.delta.role, 'assistant')
  t.equal(added(text).roles, 1)
})

t.test('X13 a silent stream holds up nobody else', async (t) => {
  const silent = 'us.amazon.nova-pro-v1:0'
  standin.answer(silent, { content: [{ text: 'a' }], delayMs: 3000 })
  standin.answer(NOVA, { content: [{ text: 'quick' }] })
  const leave = new AbortController()
  const waiting = fetch(base + CHAT, {
    method: 'POST',
    signal: leave.signal,
    headers: { authorization: 'Bearer sk-test-0123456789', 'content-type': 'application/json' },
    body: JSON.stringify({ model: silent, stream: true, messages: say('go') })
  })
  waiting.catch(() => {})
  t.ok(await eventually(() => standin.inFlight() === 1))
  t.equal(added((await stream(asked)).text).message.content, 'quick')
  t.equal(standin.inFlight(), 1, 'the other one is still silent')
  leave.abort()
  t.ok(await eventually(() => standin.inFlight() === 0))
})

t.test('X4 in think mode the tags hold the reasoning, and nothing is lost', async (t) => {
  const { ask, stream, standin } = await asker(t, { REASONING_FORMAT: 'think' })
  const model = GPT_OSS
  standin.answer(model, { content: [thinks('Why? '), thinks('So.'), { text: 'Hello.' }] })
  const whole = (await ask({ ...asked, model })).body.choices[0]?.message.content
  t.match(whole, /^<think>\s*Why\? So\.\s*<\/think>\s*Hello\.$/)
  t.equal(added((await stream({ ...asked, model })).text).message.content, whole)
  standin.answer(model, {
    content: [thinks('I must call.'), { toolUse: { toolUseId: 'tooluse_a', name: 'now', input: {} } }]
  })
  const frames = readFrames(chunksOf((await stream({ ...asked, model, tools: [tool('now')] })).text))
  const closed = frames.findIndex(({ choices }) => choices[0]?.delta.content?.includes('</think>'))
  const called = frames.findIndex(({ choices }) => choices[0]?.delta.tool_calls)
  t.ok(closed >= 0 && closed < called, 'T23 the tag closes before the call')
})

t.test('a stream that breaks has no [DONE], here too', async (t) => {
  standin.fail(NOVA, 'eof-no-stop')
  const response = await post(CHAT, { model: NOVA, stream: true, messages: say('go') })
  t.notMatch(await response.text(), '[DONE]')
  t.ok((standin.requests.at(-1)!.body as Sent).messages)
})
