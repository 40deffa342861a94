import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { added, asker, chunksOf, GPT_OSS, LLAMA, NOVA, OPUS_55, SONNET_46, say, tool } from '../acceptance/asker.ts'
import { readAsAider } from '../dialects/readers/aider.ts'
import { readAsAutoGen } from '../dialects/readers/autogen.ts'
import { readAsNextChat } from '../dialects/readers/nextchat.ts'
import { readAsOpenAiPython } from '../dialects/readers/openai-python.ts'
import { ChatCompletion, ChatCompletionChunk, mustFit } from '../openai-schema.ts'
import { sseData } from '../support/helper.ts'
import { ANSWERS_DRAWN } from './drawn-answers.ts'
import { howeverCut } from './however-cut.ts'
import { within } from './within.ts'

const FORM = { type: 'json_schema', json_schema: { name: 'answer', schema: { type: 'object', properties: { a: {} } } } }
const TOOLS = [tool('lookup'), tool('a.b')]

/** What is asked for decides how an answer is read. */
const ASKED = fc.constantFrom<{ model: string; [field: string]: unknown }>(
  { model: SONNET_46, tools: TOOLS },
  { model: SONNET_46 },
  { model: GPT_OSS, tools: TOOLS },
  { model: NOVA, tools: TOOLS },
  { model: NOVA, response_format: FORM },
  { model: OPUS_55, response_format: FORM },
  { model: LLAMA, tools: TOOLS },
  { model: SONNET_46, tools: [tool('lookup'), { type: 'custom', custom: { name: 'a.b' } }] },
  { model: SONNET_46, functions: [{ name: 'lookup' }, { name: 'a.b' }] }
)

const BODY = { messages: say('go'), stream_options: { include_usage: true } }

for (const format of ['field', 'both'] as const) {
  t.test(`a stream adds up to the whole answer, for every reader, with reasoning as ${format}`, async (t) => {
    const { ask, stream, standin } = await asker(t, { REASONING_FORMAT: format })
    await fc.assert(
      fc.asyncProperty(
        ANSWERS_DRAWN,
        ASKED,
        within(2000, async (answer, asked) => {
          standin.answer(asked.model, answer)
          const { body, status } = await ask({ ...BODY, ...asked })
          assert.equal(status, 200)
          const [choice] = body.choices
          const { text } = await stream({ ...BODY, ...asked })
          assert.ok(choice)
          mustFit(ChatCompletion, body)
          for (const chunk of sseData(text).slice(0, -1)) mustFit(ChatCompletionChunk, JSON.parse(chunk))
          sameAnswer(text, choice.message as never, choice.finish_reason, body.usage)
          readersAgree(chunksOf(text), choice.message as never, format)
        })
      ),
      { numRuns: 250 }
    )
  })
}

interface Message {
  content: string | null
  annotations: object[]
  reasoning_content?: string
  thinking_blocks?: object[]
  tool_calls?: { id: string; type: string; function?: { name: string; arguments: string } }[]
  function_call?: object
}

function sameAnswer(text: string, message: Message, finish: string, usage: unknown): void {
  const streamed = added(text)
  const { content, annotations, reasoning_content, thinking_blocks, tool_calls, function_call } = streamed.message
  const calls = tool_calls?.map(({ index: _, ...call }) => call)
  const told = { content, annotations, reasoning_content, thinking_blocks, calls, function_call }
  assert.deepEqual(told, {
    content: message.content ?? '',
    annotations: message.annotations,
    reasoning_content: message.reasoning_content,
    thinking_blocks: message.thinking_blocks,
    calls: message.tool_calls,
    function_call: message.function_call
  })
  assert.deepEqual([streamed.finish_reason, streamed.usage], [finish, usage])
  assert.deepEqual([streamed.roles, streamed.finishes], [1, 1])
}

function readersAgree(frames: string, message: Message, format: string): void {
  const python = readAsOpenAiPython(frames)
  assert.equal(python.content ?? '', message.content ?? '')
  const calls = (message.tool_calls ?? []).flatMap((call) => (call.function ? [{ id: call.id, ...call.function }] : []))
  if ((message.tool_calls ?? []).length === calls.length && !message.function_call) {
    const autogen = readAsAutoGen(frames)
    assert.deepEqual([autogen.content, autogen.calls], [message.content ?? '', calls])
    if (format === 'field') assert.deepEqual(readAsNextChat(frames).tools, calls)
  }
  const aider = readAsAider(frames)
  assert.deepEqual([aider.content, aider.functionCall], [message.content ?? '', message.function_call ?? {}])
}

t.test('however the bytes of a stream are cut on the way, its chunks are the same', async (t) => {
  const bare = (text: string) => text.replaceAll(/"id":"chatcmpl-[^"]*"|"created":\d+/g, '')
  await howeverCut({
    gateway: (options) => asker(t, {}, options),
    asked: ASKED,
    read: async ({ stream }, asked) => bare((await stream({ ...BODY, ...asked })).text),
    same: (texts) => {
      for (const text of texts) assert.equal(text, texts[0])
      assert.match(texts[0] ?? '', /data: \[DONE\]\n\n$/)
    },
    runs: 60
  })
})
