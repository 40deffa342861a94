import t from 'tap'
import { createCollector } from '../../../src/core/collect.ts'
import type { EventBatch } from '../../../src/core/event.ts'
import type { CompletionOptions } from '../../../src/dialects/openai-completions/decode-request.ts'
import { encodeTextCompletion } from '../../../src/dialects/openai-completions/encode-completion.ts'
import { createTextStreamEncoder, textUsageFrame } from '../../../src/dialects/openai-completions/encode-stream.ts'

const HEAD = { id: 'cmpl-1', created: 1, model: 'm' }
const OPTIONS: CompletionOptions = { prompts: ['ask'], count: 1, echo: false, includeUsage: false }
const EVENTS: EventBatch = [
  { type: 'start' },
  { type: 'reasoning', block: 0, text: 'hm' },
  { type: 'block-end', block: 0 },
  { type: 'text', block: 1, text: 'a' },
  { type: 'text', block: 1, text: 'b' },
  { type: 'block-end', block: 1 },
  { type: 'finish', reason: 'length', details: { raw: 'max_tokens' } },
  { type: 'usage', usage: { inputTokens: 3, cacheReadTokens: 2, cacheWriteTokens: 0, outputTokens: 4 }, details: {} }
]

function fold(events: EventBatch) {
  const folder = createCollector()
  for (const event of events) folder.add(event)
  return folder.result()
}

function parse(frames: string): { choices: { text: string; finish_reason: string | null; index: number }[]; usage?: unknown }[] {
  return frames
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame) => JSON.parse(frame.slice('data: '.length)))
}

t.test('a whole answer has its text, without what the model thought', async (t) => {
  t.strictSame(encodeTextCompletion([fold(EVENTS)], HEAD, OPTIONS), {
    ...HEAD,
    object: 'text_completion',
    choices: [{ text: 'ab', index: 0, logprobs: null, finish_reason: 'length' }],
    usage: { prompt_tokens: 5, completion_tokens: 4, total_tokens: 9 }
  })
})

t.test('choices stand in the order of their prompts; echo repeats the right one', async (t) => {
  const options = { prompts: ['one ', 'two '], count: 2, echo: true, includeUsage: false }
  const { choices, usage } = encodeTextCompletion(new Array(4).fill(fold(EVENTS)), HEAD, options)
  t.strictSame(
    choices.map((choice) => choice.text),
    ['one ab', 'one ab', 'two ab', 'two ab']
  )
  t.equal(usage.total_tokens, 36)
})

for (const echo of [false, true])
  t.test(`a stream adds up to the whole answer${echo ? ', with echo' : ''}`, async (t) => {
    const options = { ...OPTIONS, echo }
    const encoder = createTextStreamEncoder(HEAD, options)
    const chunks = parse(EVENTS.map((event) => encoder.batch([event])).join(''))
    const [whole] = encodeTextCompletion([fold(EVENTS)], HEAD, options).choices
    t.equal(chunks.map((chunk) => chunk.choices[0]?.text).join(''), whole?.text)
    t.equal(chunks.at(-1)?.choices[0]?.finish_reason, whole?.finish_reason)
    t.ok(chunks.every((chunk) => chunk.choices[0]?.finish_reason === null || chunk === chunks.at(-1)))
  })

t.test('usage comes once, last, without choices, and only when asked for', async (t) => {
  const encoder = createTextStreamEncoder(HEAD, { ...OPTIONS, includeUsage: true })
  const chunks = parse(encoder.batch(EVENTS))
  t.ok(chunks.every((chunk) => chunk.usage === null))
  t.match(parse(textUsageFrame(HEAD, { ...OPTIONS, includeUsage: true }, [encoder])), [
    { choices: [], usage: { total_tokens: 9 } }
  ])
  t.equal(textUsageFrame(HEAD, OPTIONS, [encoder]), '')
})
