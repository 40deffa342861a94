import t from 'tap'
import type { JsonObject } from '../../../src/core/json.ts'
import { mergeDeep } from '../../../src/core/json.ts'
import type { TextBlock } from '../../../src/core/turn.ts'
import { at, dropped, encode, NOVA, SONNET_45, SONNET_46, user } from './encode.ts'

const GUARDRAIL = { identifier: 'g1', version: 'DRAFT', trace: 'enabled', streamProcessingMode: 'async' } as const

t.test('a guardrail goes out whole, its stream mode only with a stream', async (t) => {
  t.strictSame(encode(SONNET_46, { guardrail: GUARDRAIL }).body.guardrailConfig, {
    guardrailIdentifier: 'g1',
    guardrailVersion: 'DRAFT',
    trace: 'enabled',
    streamProcessingMode: 'async'
  })
  t.notOk(
    'streamProcessingMode' in (encode(SONNET_46, { guardrail: GUARDRAIL, stream: false }).body.guardrailConfig as JsonObject)
  )
})

t.test('text marked for the guardrail is guardContent, and plain text without a guardrail', async (t) => {
  const turns = [user({ type: 'text', text: 'check me', guard: ['query'] }, 'not me')]
  const system: TextBlock[] = [{ type: 'text', text: 'source', guard: ['grounding_source'] }]
  const { body } = encode(SONNET_46, { guardrail: GUARDRAIL, turns, system })
  t.strictSame(at(body, 'messages.0.content.0'), { guardContent: { text: { text: 'check me', qualifiers: ['query'] } } })
  t.strictSame(at(body, 'system.0'), { guardContent: { text: { text: 'source', qualifiers: ['grounding_source'] } } })
  t.strictSame(at(encode(SONNET_46, { turns }).body, 'messages.0.content.0'), { text: 'check me' })
})

t.test('tier and latency go out as given, unless they were refused before', async (t) => {
  const wish = { serviceTier: 'flex', latency: 'optimized' } as const
  t.match(encode(NOVA, wish).body, { serviceTier: { type: 'flex' }, performanceConfig: { latency: 'optimized' } })
  const again = encode(NOVA, wish, { omissions: new Set(['serviceTier', 'latency']) })
  t.notOk('serviceTier' in again.body || 'performanceConfig' in again.body)
  t.strictSame(dropped(again), ['service_tier', 'performance_config'])
})

t.test('metadata is made to fit: alphabet, length, sixteen pairs', async (t) => {
  const metadata = Object.fromEntries([
    ['a"b', 'x\u0000y'],
    ['', 'gone'],
    ...Array.from({ length: 20 }, (_, i) => [`k${i}`, 'v'.repeat(300)])
  ])
  const encoded = encode(NOVA, { metadata })
  const sent = encoded.body.requestMetadata as Record<string, string>
  t.equal(sent.a_b, 'x_y')
  t.equal(Object.keys(sent).length, 16)
  t.equal(sent.k0?.length, 256)
  t.strictSame(dropped(encoded), ['metadata'])
})

t.test('of metadata whose names are made alike the first goes out: the pairs of the operator come first', async (t) => {
  const { body } = encode(NOVA, { metadata: { adit_key: 'team-a', 'adit~key': 'forged' } })
  t.strictSame(body.requestMetadata, { adit_key: 'team-a' })
})

t.test('no metadata, no key', async (t) => t.notOk('requestMetadata' in encode(NOVA, { metadata: {} }).body))

t.test('known beta flags pass, others are reported, newer names are read as the older', async (t) => {
  const encoded = encode(SONNET_46, {
    betas: ['context-1m-2025-08-07', 'prompt-caching-2024-07-31', 'advanced-tool-use-2025-11-20']
  })
  t.strictSame(at(encoded.body, 'additionalModelRequestFields.anthropic_beta'), [
    'context-1m-2025-08-07',
    'tool-search-tool-2025-10-19'
  ])
  t.strictSame(dropped(encoded), ['anthropic_beta'])
  t.notOk('additionalModelRequestFields' in encode(NOVA, { betas: ['context-1m-2025-08-07'] }).body)
})

t.test('P7 extra fields are merged deeply and never over what the gateway set', async (t) => {
  const extraFields = { inferenceConfig: { topK: 99, other: 1 }, foo: { bar: 2 } }
  t.strictSame(encode(NOVA, { topK: 5, extraFields }).body.additionalModelRequestFields, {
    inferenceConfig: { topK: 5, other: 1 },
    foo: { bar: 2 }
  })
})

t.test('beta flags of extra fields join the others', async (t) => {
  const { body } = encode(SONNET_45, { extraFields: { anthropic_beta: ['brand-new-2027'] }, betas: ['context-1m-2025-08-07'] })
  t.strictSame(at(body, 'additionalModelRequestFields.anthropic_beta'), ['brand-new-2027', 'context-1m-2025-08-07'])
})

t.test('a member named __proto__ stays a plain member', async (t) => {
  const merged = mergeDeep(JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"__proto__":{"b":2}}'))
  t.equal(JSON.stringify(merged), '{"__proto__":{"a":1,"b":2}}')
  t.notOk('a' in {})
})

t.test('paths into the native answer go out, at most ten', async (t) => {
  const responseFieldPaths = ['', ...Array.from({ length: 12 }, (_, i) => `/p${i}`)]
  const encoded = encode(NOVA, { responseFieldPaths })
  t.equal((encoded.body.additionalModelResponseFieldPaths as string[]).length, 10)
  t.strictSame(dropped(encoded), ['additional_model_response_field_paths'])
  t.equal(encoded.context.keepExtra, true)
})
