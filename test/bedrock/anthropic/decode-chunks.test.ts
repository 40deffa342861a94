import t from 'tap'
import { PLAIN_ANSWER } from '../../../src/bedrock/answer/answer-context.ts'
import { createNativeDecoder } from '../../../src/bedrock/anthropic/decode-chunks.ts'
import { createFrameReader } from '../../../src/bedrock/transport/event-stream.ts'
import type { ModelEvent } from '../../../src/core/event.ts'
import { eventFrame } from '../../../src/standin/frames.ts'
import { failing } from '../build.ts'

const PLAN = { body: {}, streaming: true, warnings: [], context: PLAIN_ANSWER, hasOwnFields: false }
const START = { type: 'message_start', message: { usage: { input_tokens: 3, cache_read_input_tokens: 2, output_tokens: 1 } } }
const DONE = { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 7 } }

function chunk(json: string): Uint8Array {
  return eventFrame('chunk', JSON.stringify({ bytes: Buffer.from(json).toString('base64'), p: 'abc' }))
}

/** The events of an answer; strings are JSON as it is. */
function read(...events: (object | string)[]): readonly ModelEvent[] {
  const decoder = createNativeDecoder(PLAN)
  const into: ModelEvent[] = []
  const reader = createFrameReader()
  reader.push(
    events.map((event) => chunk(typeof event === 'string' ? event : JSON.stringify(event))),
    (frame) => decoder.read(frame, into)
  )
  decoder.end()
  return into
}

const bare = (events: readonly ModelEvent[]) => events.map((event) => ({ ...event, literal: undefined }))

t.test('the quick way reads what the long way reads', async (t) => {
  for (const piece of ['plain', 'quote " and \\ back', 'caf\u00e9 \u{1f600}', 'line\nbreak', '\u2028']) {
    for (const [start, delta] of [
      [
        { type: 'text', text: '' },
        { type: 'text_delta', text: piece }
      ],
      [
        { type: 'thinking', thinking: '', signature: '' },
        { type: 'thinking_delta', thinking: piece }
      ],
      [
        { type: 'tool_use', id: 'a', name: 'f', input: {} },
        { type: 'input_json_delta', partial_json: JSON.stringify({ a: piece }) }
      ]
    ]) {
      const begun = [START, { type: 'content_block_start', index: 0, content_block: start }]
      const quick = { type: 'content_block_delta', index: 0, delta }
      const long = JSON.stringify(quick, undefined, 1)
      const rest = [{ type: 'content_block_stop', index: 0 }, DONE, { type: 'message_stop' }]
      t.strictSame(bare(read(...begun, quick, quick, ...rest)), bare(read(...begun, long, long, ...rest)))
    }
  }
})

t.test('what nobody knows is passed over, and the counts of both ends are one', async (t) => {
  const events = read(
    START,
    { type: 'ping' },
    { type: 'unheard_of', index: 0 },
    { type: 'content_block_start', index: 0, content_block: { type: 'server_tool_use', id: 's', name: 'x', input: {} } },
    { type: 'content_block_stop', index: 0 },
    { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'hi' } },
    { type: 'content_block_delta', index: 1, delta: { type: 'unheard_of' } },
    { type: 'content_block_stop', index: 1 },
    DONE,
    { type: 'message_stop', 'amazon-bedrock-invocationMetrics': { invocationLatency: 12 } }
  )
  t.match(events.at(-1), {
    type: 'usage',
    usage: { inputTokens: 3, cacheReadTokens: 2, outputTokens: 7 },
    details: { latencyMs: 12 }
  })
  t.strictSame(
    events.filter(({ type }) => type === 'text').map((event) => 'text' in event && event.text),
    ['hi']
  )
})

t.test('an answer without its last event never looks complete', async (t) => {
  t.throws(() => read(START, DONE), failing({ kind: 'upstream_stream_error' }))
})

t.test('an error inside the stream is what it says', async (t) => {
  for (const [type, kind] of [
    ['overloaded_error', 'unavailable'],
    ['rate_limit_error', 'rate_limited'],
    ['api_error', 'upstream_error'],
    ['__proto__', 'upstream_error']
  ] as const) {
    t.throws(() => read(START, { type: 'error', error: { type, message: 'no' } }), failing({ kind }))
  }
})
