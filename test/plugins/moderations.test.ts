import t from 'tap'
import { GUARDRAIL } from '../../src/standin/guardrail.ts'
import { build } from '../support/helper.ts'

const PNG =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const OWN = { MODERATION_GUARDRAIL: `${GUARDRAIL.id}:1` }

/** OpenAI's categories that are held against a text. */
const JUDGED: readonly (readonly [text: string, flagged: boolean, categories: readonly string[]])[] = [
  ['Slate is flat', false, []],
  ['I will murder him', true, ['violence']],
  ['They are vermin', true, ['hate']],
  ['Kill the vermin', true, ['violence', 'hate', 'hate/threatening']],
  ['you idiot', true, ['harassment']],
  ['how to make meth', true, ['illicit']],
  ['porn', true, ['sexual']],
  ['a punch', false, []]
]

for (const [judge, env] of [
  ['Bedrock’s own checks', {}],
  ['the operator’s guardrail', OWN]
] as const) {
  t.test(`openai-node’s moderations are judged by ${judge}`, async (t) => {
    const { openai, standin } = await build(t, env)
    for (const [input, flagged, categories] of JUDGED) {
      const { results, model, id } = await openai.moderations.create({ input, model: 'omni-moderation-latest' })
      t.equal(results.length, 1)
      t.equal(results[0]?.flagged, flagged, input)
      const found = Object.entries(results[0]?.categories ?? {}).filter(([, isFound]) => isFound)
      t.strictSame(found.map(([name]) => name).sort(), [...categories].sort(), input)
      t.match({ model, id }, { model: 'omni-moderation-latest', id: /^modr-/ })
      t.strictSame(Object.keys(results[0]?.category_scores ?? {}), Object.keys(results[0]?.categories ?? {}))
      t.equal(Object.keys(results[0]?.categories ?? {}).length, 13)
    }
    const all = await openai.moderations.create({ input: JUDGED.map(([text]) => text), model: 'text-moderation-stable' })
    t.strictSame(
      all.results.map(({ flagged }) => flagged),
      JUDGED.map(([, flagged]) => flagged),
      'one result for each text, in order'
    )
    const operations = new Set(standin.requests.map(({ operation }) => operation).filter((name) => /Guardrail/.test(name)))
    t.strictSame([...operations], [judge.startsWith('Bedrock') ? 'InvokeGuardrailChecks' : 'ApplyGuardrail'])
  })
}

t.test('scores are Bedrock’s, the least of those that must come together, and unjudged categories are told', async (t) => {
  const { post } = await build(t)
  const response = await post('/v1/moderations', { input: 'Kill the vermin' })
  const { results } = (await response.json()) as {
    results: { category_scores: Record<string, number>; category_applied_input_types: object }[]
  }
  t.match(results[0]?.category_scores, {
    violence: 0.92,
    hate: 0.85,
    'hate/threatening': 0.85,
    'self-harm': 0,
    'sexual/minors': 0
  })
  t.match(
    results[0]?.category_applied_input_types,
    { violence: ['text'], illicit: ['text'], 'self-harm': [] },
    'also where it scores 0'
  )
  t.match(response.headers.get('x-adit-dropped'), /sexual\/minors.*self-harm.*violence\/graphic/)
})

t.test('what a guardrail blocks is flagged, also where it is no kind of harm', async (t) => {
  const { openai } = await build(t, OWN)
  const { results } = await openai.moderations.create({ input: 'GUARDRAIL-BLOCK' })
  t.equal(results[0]?.flagged, true)
  t.ok(Object.values(results[0]?.categories ?? {}).every((found) => !found))
})

t.test('parts are judged together, pictures by a guardrail alone', async (t) => {
  const input = [
    { type: 'text' as const, text: 'you idiot' },
    { type: 'image_url' as const, image_url: { url: PNG } }
  ]
  const guarded = await build(t, OWN)
  const { results } = await guarded.openai.moderations.create({ input })
  t.equal(results.length, 1)
  t.match(results[0]?.category_applied_input_types, { harassment: ['text', 'image'] })
  t.match(guarded.standin.requests.findLast(({ operation }) => operation === 'ApplyGuardrail')?.body, {
    source: 'INPUT',
    outputScope: 'FULL',
    content: [{ text: { text: 'you idiot' } }, { image: { format: 'png', source: { bytes: /^iVBOR/ } } }]
  })
  const unguarded = await build(t)
  const response = await unguarded.post('/v1/moderations', { input })
  t.equal(response.status, 400)
  t.match(await response.json(), { error: { param: 'input', message: /MODERATION_GUARDRAIL/ } })
})

const REFUSED: readonly (readonly [body: object, param: string, status?: number])[] = [
  [{}, 'input'],
  [{ input: '' }, 'input'],
  [{ input: [] }, 'input'],
  [{ input: ['a', ''] }, 'input[1]'],
  [{ input: ['a', 1] }, 'input[1]'],
  [{ input: 7 }, 'input'],
  [{ input: [{ type: 'audio' }] }, 'input[0].type'],
  [{ input: [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }] }, 'input[0].image_url.url'],
  [{ input: [{ type: 'image_url', image_url: { url: 'data:image/gif;base64,AAAA' } }] }, 'input[0].image_url.url'],
  [{ input: 'a', model: 'gpt-4o' }, 'model', 404]
]

t.test('what cannot be judged is refused and named', async (t) => {
  const { post } = await build(t, OWN)
  for (const [body, param, status = 400] of REFUSED) {
    const response = await post('/v1/moderations', body)
    t.equal(response.status, status, JSON.stringify(body))
    t.equal(((await response.json()) as { error: { param: string } }).error.param, param, JSON.stringify(body))
  }
})

t.test('a guardrail that does not exist is told to the caller as Bedrock says it', async (t) => {
  const { post } = await build(t, { MODERATION_GUARDRAIL: 'nobody99:3' })
  const response = await post('/v1/moderations', { input: 'a' })
  t.equal(response.status, 404)
})
