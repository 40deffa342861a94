import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { encodeChatCompletion } from '../../../src/dialects/openai-chat/encode-completion.ts'
import type { ChatOptions } from '../../../src/dialects/openai-chat/options.ts'
import { anyAnswer, fold, HEAD, PLAIN, streamEncoder } from '../openai-chat/events.ts'
import { readAsAider } from './aider.ts'
import { readAsAutoGen } from './autogen.ts'
import { readAsNextChat } from './nextchat.ts'
import { readAsOpenAiPython } from './openai-python.ts'
import { asText } from './read-sse.ts'

/** Each answer written twice: as a stream and whole. */
function forAnyAnswer(
  options: ChatOptions,
  check: (stream: string, message: Whole, finish: string, prompt: number) => void
): void {
  fc.assert(
    fc.property(anyAnswer, (events) => {
      const encoder = streamEncoder(options)
      const whole = encodeChatCompletion([fold(events)], HEAD, options)
      const choice = whole.choices[0]
      if (choice === undefined) throw new Error('no choice')
      check(asText(encoder.batch(events) + encoder.end()), choice.message, choice.finish_reason, whole.usage.prompt_tokens)
    }),
    { numRuns: 200 }
  )
}

type Whole = ReturnType<typeof encodeChatCompletion>['choices'][number]['message']

function callsOf(message: Whole): { id: string; name: string; arguments: string }[] {
  return (message.tool_calls ?? []).map((call) => {
    if (call.type !== 'function') throw new Error('not a function')
    return { id: call.id, ...call.function }
  })
}

t.test('NextChat reads the text, the quote and the calls of any answer', async (t) => {
  forAnyAnswer(PLAIN, (stream, message) => {
    const read = readAsNextChat(stream)
    assert.deepEqual(read.tools, callsOf(message))
    assert.equal(read.quote, message.reasoning_content ?? '')
    if (!/think>/.test(message.content ?? '')) assert.equal(read.text, message.content ?? '')
  })
  t.pass()
})

t.test('NextChat tells reasoning from text in tags too', async (t) => {
  forAnyAnswer({ ...PLAIN, reasoningFormat: 'think' }, (stream, message) => {
    const read = readAsNextChat(stream)
    const content = message.content ?? ''
    const bare = content.replaceAll(/<think>.*?<\/think>/gs, '')
    assert.equal(read.text, bare)
  })
  t.pass()
})

t.test('AutoGen reads content, thought, calls, finish and tokens of any answer', async (t) => {
  forAnyAnswer({ ...PLAIN, includeUsage: true }, (stream, message, finish, prompt) => {
    const read = readAsAutoGen(stream)
    assert.deepEqual(read.calls, callsOf(message))
    assert.deepEqual([read.content, read.thought], [message.content ?? '', message.reasoning_content ?? ''])
    assert.deepEqual([read.finishReason, read.promptTokens], [finish, prompt])
  })
  t.pass()
})

t.test('Aider reads content, reasoning, the one function call and the cut of any answer', async (t) => {
  forAnyAnswer({ ...PLAIN, includeUsage: true, legacyFunctions: true }, (stream, message, finish) => {
    const read = readAsAider(stream)
    assert.deepEqual([read.content, read.reasoning], [message.content ?? '', message.reasoning_content ?? ''])
    assert.deepEqual(read.functionCall, message.function_call ?? {})
    assert.equal(read.cutShort, finish === 'length')
  })
  t.pass()
})

t.test("openai-python's accumulator makes the message of any answer", async (t) => {
  forAnyAnswer({ ...PLAIN, includeUsage: true, reasoningFormat: 'both' }, (stream, message) => {
    const read = readAsOpenAiPython(stream)
    const calls = (read.tool_calls as { index: number }[] | undefined)?.map(({ index: _, ...rest }) => rest)
    assert.deepEqual(calls ?? [], message.tool_calls ?? [])
    assert.deepEqual([read.role, read.content], ['assistant', message.content ?? ''])
    assert.deepEqual(read.reasoning_content, message.reasoning_content)
    assert.deepEqual(read.thinking_blocks, message.thinking_blocks)
    assert.deepEqual(read.annotations ?? [], message.annotations)
  })
  t.pass()
})
