import t from 'tap'
import type { ModelEvent } from '../../../src/core/event.ts'
import { encodeChatCompletion } from '../../../src/dialects/openai-chat/encode-completion.ts'
import { encodeUsage } from '../../../src/dialects/openai-chat/encode-usage.ts'
import type { ChatOptions } from '../../../src/dialects/openai-chat/options.ts'
import { answer, call, cited, finish, fold, HEAD, PLAIN, reasoning, redacted, text, USAGE } from './events.ts'

function encode(events: readonly ModelEvent[], options: ChatOptions = PLAIN) {
  return encodeChatCompletion([fold(events)], HEAD, options)
}

function choiceOf(events: readonly ModelEvent[], options: ChatOptions = PLAIN) {
  return encode(events, options).choices[0]
}

t.test('an answer is this object', async (t) => {
  t.strictSame(encode(answer([text('hello')], finish('end'), USAGE)), {
    id: HEAD.id,
    object: 'chat.completion',
    created: HEAD.created,
    model: HEAD.model,
    service_tier: 'default',
    system_fingerprint: 'fp_adit',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'hello', refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: 'stop'
      }
    ],
    usage: {
      prompt_tokens: 120,
      completion_tokens: 41,
      total_tokens: 161,
      prompt_tokens_details: { cached_tokens: 100, cache_write_tokens: 0, cache_creation_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: 12,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0
      }
    }
  })
})

t.test('X1 text blocks are joined as they are', async (t) => {
  t.equal(choiceOf(answer([text('part1 '), text('part2')], finish('end')))?.message.content, 'part1 part2')
})

t.test('X2 redacted reasoning is kept for the next turn', async (t) => {
  const message = choiceOf(answer([redacted('xx'), text('a')], finish('end')))?.message
  t.strictSame(message?.thinking_blocks, [{ index: 0, type: 'redacted_thinking', data: 'xx' }])
  t.notOk('reasoning_content' in (message ?? {}))
})

t.test('X4 reasoning stands in its field, in tags, in both or nowhere', async (t) => {
  const events = answer([reasoning('sig', 'why'), text('so')], finish('end'))
  const shown = (reasoningFormat: 'field' | 'think' | 'both' | 'none') => {
    const message = choiceOf(events, { ...PLAIN, reasoningFormat })?.message
    return [message?.content, message?.reasoning_content, message?.thinking_blocks?.length]
  }
  t.strictSame(shown('field'), ['so', 'why', 1])
  t.strictSame(shown('think'), ['<think>why</think>\n\nso', undefined, 1])
  t.strictSame(shown('both'), ['<think>why</think>\n\nso', 'why', 1])
  t.strictSame(shown('none'), ['so', undefined, undefined])
})

t.test('T24 text beside a call is kept', async (t) => {
  const choice = choiceOf(answer([text('Let me check'), call('c', 'now', '{"a":1}')], finish('tool-calls')))
  t.match(choice, {
    message: {
      content: 'Let me check',
      tool_calls: [{ id: 'c', type: 'function', function: { name: 'now', arguments: '{"a":1}' } }]
    },
    finish_reason: 'tool_calls'
  })
})

t.test('an answer of calls alone has null for content, and one of nothing an empty string', async (t) => {
  t.equal(choiceOf(answer([call('c', 'now')], finish('tool-calls')))?.message.content, null)
  const empty = choiceOf(answer([], finish('end')))?.message
  t.equal(empty?.content, '')
  t.notOk('tool_calls' in (empty ?? {}), 'never an empty list of calls')
})

const FINISHES = [
  ['T25 a call that ended its turn', [call('c', 'now')], 'end', 'tool_calls'],
  ['T26 a call cut short', [call('c', 'now', '{"a":')], 'length', 'length'],
  ['X7 a guardrail', [text('no')], 'filtered', 'content_filter'],
  ['a tool turn without a call', [text('{}')], 'tool-calls', 'stop'],
  ['the end', [text('a')], 'end', 'stop']
] as const

for (const [name, blocks, reason, word] of FINISHES) {
  t.test(`${name} finishes with ${word}`, async (t) => t.equal(choiceOf(answer(blocks, finish(reason)))?.finish_reason, word))
}

t.test('T26 the part of a call that came before the limit is shown as the model wrote it', async (t) => {
  t.match(choiceOf(answer([call('c', 'now', '{"a":')], finish('length')))?.message.tool_calls, [
    { function: { arguments: '{"a":' } }
  ])
})

t.test('T22 a call without arguments has {}', async (t) => {
  t.match(choiceOf(answer([call('c', 'now')], finish('tool-calls')))?.message.tool_calls, [{ function: { arguments: '{}' } }])
})

t.test('a caller of functions gets function_call', async (t) => {
  const choice = choiceOf(answer([call('c', 'now', '{}')], finish('tool-calls')), { ...PLAIN, legacyFunctions: true })
  t.match(choice, { message: { function_call: { name: 'now', arguments: '{}' } }, finish_reason: 'function_call' })
  t.notOk('tool_calls' in (choice?.message ?? {}))
})

t.test('a custom call cut short is shown as it is', async (t) => {
  const choice = choiceOf(answer([call('c', 'patch', '{"input":"a')], finish('length')), {
    ...PLAIN,
    customTools: new Set(['patch'])
  })
  t.match(choice?.message.tool_calls, [{ type: 'custom', custom: { name: 'patch', input: '{"input":"a' } }])
})

t.test('X6 citations are annotations over the block that cites', async (t) => {
  t.match(choiceOf(answer([text('See '), cited('this', 'https://a.b/')], finish('end')))?.message, {
    content: 'See this',
    annotations: [{ type: 'url_citation', url_citation: { start_index: 4, end_index: 8, url: 'https://a.b/', title: 'A page' } }]
  })
})

t.test('X8 cached tokens are part of the prompt', async (t) => {
  const usage = encodeUsage({ inputTokens: 4, cacheReadTokens: 0, cacheWriteTokens: 1812, outputTokens: 10 })
  t.match(usage, { prompt_tokens: 1816, completion_tokens: 10, total_tokens: 1826 })
  t.match(usage.prompt_tokens_details, { cached_tokens: 0, cache_write_tokens: 1812, cache_creation_tokens: 1812 })
  t.notOk('reasoning_tokens' in usage.completion_tokens_details, 'unknown is not zero')
})

t.test('P11 several answers are choices in order, with their usage summed', async (t) => {
  const answers = ['one', 'two'].map((said) => fold(answer([text(said)], finish('end'), USAGE)))
  const body = encodeChatCompletion(answers, HEAD, { ...PLAIN, count: 2 })
  t.strictSame(
    body.choices.map(({ index, message }) => [index, message.content]),
    [
      [0, 'one'],
      [1, 'two']
    ]
  )
  t.match(body.usage, { prompt_tokens: 240, completion_tokens: 82, total_tokens: 322 })
})
