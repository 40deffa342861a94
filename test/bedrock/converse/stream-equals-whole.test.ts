import fc from 'fast-check'
import t from 'tap'
import { type AnswerContext, createEventDecoder, PLAIN_ANSWER } from '../../../src/bedrock/converse/decode-events.ts'
import { decodeConverseResponse } from '../../../src/bedrock/converse/decode-response.ts'
import { type Completion, createCollector } from '../../../src/core/collect.ts'
import type { ModelEvent } from '../../../src/core/event.ts'
import type { Json, JsonObject } from '../../../src/core/json.ts'

const words = fc.string({ unit: 'grapheme', maxLength: 12 })
const base64 = fc.uint8Array({ minLength: 1, maxLength: 24 }).map((bytes) => Buffer.from(bytes).toString('base64'))
const name = fc.constantFrom('lookup', 'a_b', 'json', 'nova_grounding')
const citation = fc.record({
  title: words,
  sourceContent: fc.array(fc.record({ text: words }), { maxLength: 2 }),
  location: fc.constant({ web: { url: 'https://x/y', domain: 'x' } })
})
const toolUse = fc.record({
  toolUseId: fc.stringMatching(/^[a-z0-9]{6}$/),
  name,
  input: fc.dictionary(words, fc.jsonValue()),
  type: fc.constantFrom('tool_use', 'server_tool_use')
})

/** Every kind of block an answer can hold, as Converse gives it whole. */
const block: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.record({ text: words }),
  toolUse.map((call) => ({ toolUse: call as unknown as Json })),
  fc
    .record({ text: words, signature: fc.oneof(base64, fc.constant('')) })
    .map((reasoningText) => ({ reasoningContent: { reasoningText } })),
  fc.record({ text: words }).map((reasoningText) => ({ reasoningContent: { reasoningText } })),
  base64.map((redactedContent) => ({ reasoningContent: { redactedContent } })),
  fc
    .record({ content: fc.array(fc.record({ text: words }), { maxLength: 3 }), citations: fc.array(citation, { maxLength: 2 }) })
    .map((citationsContent) => ({ citationsContent: citationsContent as unknown as Json })),
  fc.constant({ toolResult: { toolUseId: 'x', content: [] } }),
  fc.constant({ image: { format: 'png', source: { bytes: 'AA==' } } }),
  fc.constant({ somethingNew: {} })
)

const count = fc.nat({ max: 100_000 })
const answer = fc.record({
  content: fc.array(block, { maxLength: 6 }),
  stopReason: fc.constantFrom('end_turn', 'tool_use', 'max_tokens', 'stop_sequence', 'guardrail_intervened', 'brand_new'),
  usage: fc.record({ inputTokens: count, outputTokens: count, totalTokens: count, cacheReadInputTokens: count }),
  metrics: fc.record({ latencyMs: count })
})

const contexts = fc.constantFrom<AnswerContext>(
  PLAIN_ANSWER,
  { ...PLAIN_ANSWER, toolNames: new Map([['a_b', 'a.b']]), reasoningMark: 'gpt:' },
  { ...PLAIN_ANSWER, jsonTool: 'json' },
  { ...PLAIN_ANSWER, jsonTool: 'json', systemTools: ['nova_grounding'] }
)

type Frame = readonly [eventType: string, payload: JsonObject]

/** The stream of the same answer: every text cut anywhere, starts only where Bedrock sends them, padding in every frame. */
function streamOf(
  whole: { content: JsonObject[]; stopReason: string; usage: object; metrics: object },
  cut: (text: string) => string[]
): Frame[] {
  const { content, stopReason, ...metadata } = whole
  return [
    ['messageStart', { role: 'assistant' }],
    ...content.flatMap((one, index) => blockFrames(one as Record<string, never>, index, cut)),
    ['messageStop', { stopReason, p: 'a' }],
    ['metadata', { ...metadata, p: 'ab' } as unknown as JsonObject]
  ]
}

function blockFrames(one: Record<string, never>, contentBlockIndex: number, cut: (text: string) => string[]): Frame[] {
  const {
    toolUse: call,
    text,
    reasoningContent,
    citationsContent
  } = one as Record<string, Record<string, never>> & { text?: string }
  const frame = (delta: unknown): Frame => ['contentBlockDelta', { contentBlockIndex, delta: delta as Json, p: 'abc' }]
  const end: Frame = ['contentBlockStop', { contentBlockIndex }]
  if (typeof text === 'string') return [...cut(text).map((piece) => frame({ text: piece })), end]
  if (call !== undefined) {
    const { input, ...start } = call
    const json = Object.keys(input ?? {}).length === 0 ? '' : JSON.stringify(input)
    return [
      ['contentBlockStart', { contentBlockIndex, start: { toolUse: start } }],
      ...cut(json).map((piece) => frame({ toolUse: { input: piece } })),
      end
    ]
  }
  if (reasoningContent !== undefined)
    return [...reasoningFrames(reasoningContent, cut).map((inner) => frame({ reasoningContent: inner })), end]
  if (citationsContent !== undefined) {
    const { content, citations } = citationsContent as unknown as { content: { text: string }[]; citations: object[] }
    return [
      ...content.flatMap((part) => cut(part.text).map((piece) => frame({ text: piece }))),
      ...citations.map((item) => frame({ citation: item })),
      end
    ]
  }
  return [['contentBlockStart', { contentBlockIndex, start: one }], frame(one), end]
}

function reasoningFrames({ reasoningText, redactedContent }: Record<string, never>, cut: (text: string) => string[]): object[] {
  if (redactedContent !== undefined) return [{ redactedContent }]
  const { text, signature } = reasoningText as unknown as { text: string; signature?: string }
  return [...cut(text).map((piece) => ({ text: piece })), ...(signature === undefined ? [] : [{ signature }])]
}

function fold(events: readonly ModelEvent[]): Completion {
  const folder = createCollector()
  for (const event of events) folder.add(event)
  return folder.result()
}

const options = { numRuns: 500 }

t.test('a stream folds to what the whole answer says, for every kind of block and any cut', async () => {
  fc.assert(
    fc.property(answer, contexts, fc.integer({ min: 1, max: 5 }), (whole, context, size) => {
      const cut = (text: string) => text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? ['']
      const decoder = createEventDecoder(context)
      const streamed = streamOf(whole as never, cut).flatMap(([type, payload]) => decoder.frame(type, payload))
      decoder.end()
      const { content, ...rest } = whole
      const read = decodeConverseResponse({ output: { message: { role: 'assistant', content } }, ...rest }, context)
      const [a, b] = [fold(streamed), fold(read)]
      if (JSON.stringify(a) !== JSON.stringify(b)) throw new Error(`${JSON.stringify(a)}\n${JSON.stringify(b)}`)
    }),
    options
  )
})

t.test('F3: blocks that are written at once fold to the same, in whatever turns', async () => {
  const turns = fc.array(fc.nat(), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(answer, contexts, turns, (whole, context, drawn) => {
      const frames = streamOf(whole as never, (text) => text.match(/[\s\S]{1,2}/g) ?? [''])
      const decoder = createEventDecoder(context)
      const streamed = inTurns(frames, drawn).flatMap(([type, payload]) => decoder.frame(type, payload))
      const { content, ...rest } = whole
      checkLaws(streamed)
      const read = decodeConverseResponse({ output: { message: { role: 'assistant', content } }, ...rest }, context)
      const [a, b] = [fold(streamed), fold(read)]
      if (JSON.stringify(a) !== JSON.stringify(b)) throw new Error(`${JSON.stringify(a)}\n${JSON.stringify(b)}`)
    }),
    options
  )
})

/** The same frames with those of several blocks mixed; each block begins no sooner than the one before it. */
function inTurns(frames: readonly Frame[], drawn: readonly number[]): readonly Frame[] {
  const ofBlock = frames.filter(([, payload]) => 'contentBlockIndex' in payload)
  const waiting = [...Map.groupBy(ofBlock, ([, payload]) => payload.contentBlockIndex).values()]
  const open: Frame[][] = []
  const mixed: Frame[] = []
  for (let turn = 0; open.length + waiting.length > 0; turn++) {
    const at = (drawn[turn % drawn.length] ?? 0) % (open.length + (waiting.length > 0 ? 1 : 0))
    if (at === open.length) open.push(waiting.shift() ?? [])
    const block = open[at]
    const next = block?.shift()
    if (next !== undefined) mixed.push(next)
    if (block?.length === 0) open.splice(at, 1)
  }
  return [...frames.slice(0, 1), ...mixed, ...frames.slice(-2)]
}

t.test('events keep their laws whatever the answer holds', async () => {
  fc.assert(
    fc.property(answer, contexts, (whole, context) => {
      const { content, ...rest } = whole
      checkLaws(decodeConverseResponse({ output: { message: { content } }, ...rest }, context))
    }),
    options
  )
})

/** Start first and once; blocks contiguous, rising and ended; finish once and after them; usage last. */
function checkLaws(events: readonly ModelEvent[]): void {
  let open: number | undefined
  let highest = -1
  const types = events.map((event) => event.type)
  if (types[0] !== 'start' || types.lastIndexOf('start') !== 0) throw new Error('start is not first and once')
  if (types.indexOf('finish') !== types.length - 2 || types.at(-1) !== 'usage') throw new Error('finish and usage are not last')
  for (const event of events) {
    if (!('block' in event)) {
      if (open !== undefined) throw new Error(`block ${open} was not ended before ${event.type}`)
      continue
    }
    if (event.type === 'block-end') {
      if (open !== event.block) throw new Error('an end without its block')
      open = undefined
      continue
    }
    if (open === undefined && event.block <= highest) throw new Error('block numbers do not rise')
    if (open !== undefined && open !== event.block) throw new Error('blocks are not contiguous')
    open = event.block
    highest = event.block
  }
}
