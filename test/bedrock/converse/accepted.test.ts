import fc from 'fast-check'
import t from 'tap'
import type { ChatRequest } from '../../../src/core/request.ts'
import type { Block, Tool, Turn } from '../../../src/core/turn.ts'
import { GatewayError } from '../../../src/errors.ts'
import { CATALOG } from '../../../src/standin/catalog.ts'
import { signReasoning } from '../../../src/standin/signature.ts'
import { checkByStandin, encode } from './encode.ts'

/** Every model of the stand-in that speaks Converse, by an id that can be called. */
const MODELS = CATALOG.filter((model) => model.converse && model.lifecycle !== 'EOL').map(({ id, onDemand, profiles }) =>
  onDemand ? id : `${profiles[0]}.${id}`
)

const words = fc.constantFrom('', ' ', '\n', 'hello', 'tool result', 'ünïcode 上海', ' padded ')
const mark = fc.option(fc.constantFrom({}, { ttl: '5m' as const }, { ttl: '1h' as const }), { nil: undefined, freq: 4 })
const textBlock = fc.record({ type: fc.constant('text' as const), text: words })
const image: Block = {
  type: 'image',
  format: 'png',
  source: { type: 'base64', data: 'iVBORw0KGgoAAAANSUhEUg==' },
  path: 'messages[0].content[0]'
}
const file = fc.constantFrom('a.pdf', 'b_c.pdf', '報告.pdf', 'a.pdf').map(
  (name): Block => ({
    type: 'document',
    format: 'pdf',
    name,
    source: { type: 'base64', data: 'JVBERi0=' },
    path: 'messages[0].content[1]'
  })
)
const notes: Block = {
  type: 'document',
  name: 'n.txt',
  source: { type: 'text', text: 'buy milk' },
  path: 'messages[0].content[1]'
}
const media = fc.oneof(fc.constant(image), file, fc.constant(notes))
const callId = fc.constantFrom('a', 'b', 'call with spaces', 'functions.x:0', 'abcdefghi', 'x'.repeat(80))
const toolName = fc.constantFrom('lookup', 'a.b', 'gone', 'x'.repeat(70))
const call = fc.record({
  type: fc.constant('tool-call' as const),
  id: callId,
  name: toolName,
  input: fc.constantFrom({}, { q: 'x' })
})
const result = fc.record({
  type: fc.constant('tool-result' as const),
  callId,
  content: fc.array(fc.oneof(textBlock, media as typeof textBlock), { maxLength: 2 }),
  isError: fc.boolean()
})
const signed = words.map((thought): Block => ({ type: 'reasoning', text: thought, signature: signReasoning(thought) }))
const reasoning = fc.oneof(
  signed,
  fc.constant<Block>({ type: 'reasoning', text: 'unsigned' }),
  fc.constant<Block>({ type: 'redacted-reasoning', data: 'gpt:QUI=' }),
  fc.constant<Block>({ type: 'redacted-reasoning', data: signReasoning('') })
)

const withMark = (block: fc.Arbitrary<Block>) =>
  fc.tuple(block, mark).map(([one, cache]): Block => (cache === undefined ? one : { ...one, cache }))
const userTurn = fc
  .array(withMark(fc.oneof(textBlock, result, media)), { maxLength: 4 })
  .map((content): Turn => ({ role: 'user', content }))
const assistantTurn = fc
  .array(withMark(fc.oneof(textBlock, call, reasoning)), { maxLength: 4 })
  .map((content): Turn => ({ role: 'assistant', content }))

/** A call and its answer, so that whole loops come up often. */
const loop = fc.tuple(call, words, fc.boolean()).map(([one, said, thought]): Turn[] => [
  { role: 'assistant', content: thought ? [{ type: 'reasoning', text: 'hm', signature: signReasoning('hm') }, one] : [one] },
  { role: 'user', content: [{ type: 'tool-result', callId: one.id, content: [{ type: 'text', text: said }] }] }
])
const turns = fc
  .array(
    fc.oneof(
      userTurn.map((turn) => [turn]),
      assistantTurn.map((turn) => [turn]),
      loop
    ),
    { minLength: 1, maxLength: 5 }
  )
  .map((parts) => parts.flat())

const schema = fc.constantFrom(
  { type: 'object', properties: { q: { type: 'string', minLength: 1, pattern: '^(?!x)' } }, required: ['q'] },
  { type: 'object', properties: { m: { type: 'object', additionalProperties: { type: 'number' } } } },
  {
    type: 'object',
    properties: {
      n: { oneOf: [{ type: 'number', minimum: 0 }, { type: 'null' }] },
      l: { type: 'array', items: { $ref: '#/$defs/i' }, minItems: 3, uniqueItems: true }
    },
    $defs: { i: { type: 'object', properties: { f: { type: 'string', format: 'phone' } } } }
  },
  { type: 'object', properties: { child: { $ref: '#' } } },
  {}
)
const tool = fc.record({
  type: fc.constant('function' as const),
  name: fc.constantFrom('lookup', 'a.b', 'json', 'x'.repeat(70)),
  description: words,
  inputSchema: schema,
  strict: fc.boolean()
})

function optional<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(value, { nil: undefined })
}

const request = fc.record(
  {
    turns,
    system: fc.array(textBlock, { maxLength: 2 }),
    tools: fc.array(tool as fc.Arbitrary<Tool>, { maxLength: 3 }),
    stream: fc.boolean(),
    maxTokens: optional(fc.constantFrom(1, 16, 1024, 2048, 5000)),
    temperature: optional(fc.constantFrom(0, 0.5, 1, 2)),
    topP: optional(fc.constantFrom(0, 0.5, 1)),
    topK: optional(fc.constantFrom(1, 40)),
    stop: optional(fc.array(fc.constantFrom('', ' ', 'END', 'STOP'), { maxLength: 6 })),
    toolChoice: optional(
      fc.constantFrom<NonNullable<ChatRequest['toolChoice']>>(
        { type: 'auto' },
        { type: 'none' },
        { type: 'required' },
        { type: 'tool', name: 'lookup' }
      )
    ),
    parallelToolCalls: optional(fc.boolean()),
    output: fc.oneof(
      fc.constant<ChatRequest['output']>({ type: 'text' }),
      fc.constant<ChatRequest['output']>({ type: 'json' }),
      schema.map((one): ChatRequest['output'] => ({ type: 'json-schema', name: 'Answer', schema: one, strict: true }))
    ),
    reasoning: optional(
      fc.oneof(
        fc.constantFrom('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max').map((effort) => ({ effort }) as const),
        fc.constantFrom(1, 1024, 8000, 200_000).map((budgetTokens) => ({ budgetTokens })),
        fc.boolean().map((enabled) => ({ enabled }))
      )
    ),
    metadata: optional(fc.dictionary(words, words, { maxKeys: 20 })),
    guardrail: optional(fc.constant({ identifier: 'abc1', version: 'DRAFT', streamProcessingMode: 'sync' } as const)),
    serviceTier: optional(fc.constantFrom('default', 'flex', 'priority')),
    betas: optional(fc.constant(['context-1m-2025-08-07', 'files-api-2025-04-14'])),
    autoCache: optional(fc.record({ system: fc.boolean(), tools: fc.boolean(), messages: fc.boolean() })),
    sampling: optional(fc.constant({ seed: 1, logitBias: { 1: 2 } }))
  },
  { requiredKeys: ['turns', 'system', 'tools', 'stream', 'output'] }
)

// The stand-in refuses the one kind of blank text that is sent: white space between two reasoning blocks.
const omissions = new Set(['blankText'] as const)

for (const model of MODELS) {
  t.test(`whatever is asked of ${model} is sent as Bedrock takes it, or refused with the field's name`, async () => {
    fc.assert(
      fc.property(request, (asked) => {
        const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) as Partial<ChatRequest>
        let encoded: ReturnType<typeof encode>
        try {
          encoded = encode(model, given, { omissions })
        } catch (error) {
          if (error instanceof GatewayError && error.status < 500 && (error.param !== null || error.field !== undefined)) return
          throw error
        }
        try {
          checkByStandin(model, encoded)
        } catch (refused) {
          // how many a message may hold is Bedrock's to say: models differ, and their limits move
          if (!/number of (?:documents|images) exceeds/.test(String(refused))) throw refused
        }
      }),
      { numRuns: 40 }
    )
  })
}
