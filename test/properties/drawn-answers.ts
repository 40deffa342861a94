import fc from 'fast-check'

const words = fc.string({ unit: 'grapheme', maxLength: 20 })
const base64 = fc.uint8Array({ minLength: 1, maxLength: 24 }).map((bytes) => Buffer.from(bytes).toString('base64'))
const text = fc.oneof(
  { weight: 4, arbitrary: words },
  fc.constantFrom(
    '<thinking>a</thinking>\nb',
    '```json\n{"a": {}}\n```',
    '{"name":"lookup","parameters":{"a":1}}',
    '<think>',
    '\n'
  )
)
const citation = fc.record({
  title: words,
  location: fc.constantFrom<object>(
    { web: { url: 'https://example.com/a', domain: 'example.com' } },
    { documentPage: { documentIndex: 0, start: 1, end: 2 } }
  )
})

// Tool inputs are plain ASCII: a stream may escape the rest otherwise than the whole answer, as the model likes.
/** Every kind of block that an answer can hold, as Converse gives it whole. */
const block: fc.Arbitrary<object> = fc.oneof(
  { weight: 4, arbitrary: text.map((said) => ({ text: said })) },
  {
    weight: 3,
    arbitrary: fc
      .record({
        name: fc.constantFrom('lookup', 'a_b'),
        input: fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 })
      })
      .map((toolUse) => ({ toolUse }))
  },
  { weight: 2, arbitrary: words.map((thought) => ({ reasoningContent: { reasoningText: { text: thought } } })) },
  { weight: 1, arbitrary: base64.map((redactedContent) => ({ reasoningContent: { redactedContent } })) },
  {
    weight: 2,
    arbitrary: fc
      .record({
        content: fc.array(fc.record({ text: words }), { maxLength: 2 }),
        citations: fc.array(citation, { maxLength: 2 })
      })
      .map((citationsContent) => ({ citationsContent }))
  },
  { weight: 1, arbitrary: fc.constant({ image: { format: 'png', source: { bytes: 'AA==' } } }) }
)

/** A scripted answer: blocks in any order, any reason to stop, deltas of any size. */
export const ANSWERS_DRAWN = fc
  .record(
    {
      content: fc.array(block, { maxLength: 6 }),
      stopReason: fc.constantFrom(
        'end_turn',
        'tool_use',
        'max_tokens',
        'stop_sequence',
        'guardrail_intervened',
        'refusal',
        'new'
      ),
      chunkSize: fc.integer({ min: 1, max: 9 })
    },
    { requiredKeys: ['content'] }
  )
  .map((answer) => ({ ...answer, content: answer.content.map(withId) }))

function withId(one: object, index: number): object {
  return 'toolUse' in one ? { toolUse: { ...(one.toolUse as object), toolUseId: `tooluse_${index}` } } : one
}
