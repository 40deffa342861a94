import t from 'tap'
import { type KnownModel, type ResolveContext, resolveModel } from '../../src/models/resolve.ts'

const APPLICATION = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123'

function known(...models: readonly KnownModel[]): ReadonlyMap<string, KnownModel> {
  return new Map(
    models.flatMap((model) => [[model.id, model] as const, ...(model.name === undefined ? [] : [[model.name, model] as const])])
  )
}

const CATALOGUE = known(
  { id: 'amazon.nova-lite-v1:0', baseId: 'amazon.nova-lite-v1:0', onDemand: true, kind: 'foundation' },
  { id: 'anthropic.claude-opus-4-8', baseId: 'anthropic.claude-opus-4-8', onDemand: false, kind: 'foundation' },
  { id: 'global.anthropic.claude-opus-4-8', baseId: 'anthropic.claude-opus-4-8', onDemand: true, kind: 'profile' },
  { id: 'openai.gpt-oss-120b-1:0', baseId: 'openai.gpt-oss-120b-1:0', onDemand: true, kind: 'foundation' },
  { id: APPLICATION, baseId: 'anthropic.claude-opus-4-8', name: 'team-a', onDemand: true, kind: 'application-profile' }
)

const CONTEXT: ResolveContext = {
  aliases: {
    smart: 'anthropic.claude-opus-4-8',
    'fast-*': ['amazon.nova-lite-v1:0', 'gpt-4o'],
    loop: 'loop',
    'gpt-3.5*': 'amazon.nova-lite-v1:0'
  },
  defaultModel: 'us.anthropic.claude-sonnet-4-6',
  defaultEmbeddingModel: 'cohere.embed-multilingual-v3',
  defaultImageModel: 'none',
  defaultRerankModel: 'none',
  region: 'us-east-1',
  known: CATALOGUE,
  crossRegion: true
}

const FAMILIES = new Map(
  [
    ['anthropic.claude-3-5-sonnet-20240620-v1:0', 'LEGACY'],
    ['anthropic.claude-3-5-sonnet-20241022-v2:0', 'LEGACY'],
    ['anthropic.claude-sonnet-9', 'LEGACY'],
    ['anthropic.claude-sonnet-5', 'ACTIVE'],
    ['anthropic.claude-sonnet-5-10', 'ACTIVE'],
    ['anthropic.claude-sonnet-5-9', 'ACTIVE'],
    ['mistral.ministral-3-8b-instruct', 'ACTIVE'],
    ['mistral.ministral-3-14b-instruct', 'ACTIVE'],
    ['mistral.mistral-large-2407-v1:0', 'ACTIVE'],
    ['mistral.mistral-large-2402-v1:0', 'ACTIVE']
  ].map(([id = '', lifecycle = '']) => [id, { id, baseId: id, name: id, onDemand: true, kind: 'foundation', lifecycle }] as const)
) as ResolveContext['known']

const CHAT: readonly [promise: string, asked: string, ids: readonly string[], context?: Partial<ResolveContext>][] = [
  ['L7 gpt-4o becomes the default model', 'gpt-4o', ['us.anthropic.claude-sonnet-4-6']],
  ['L7 o3-mini becomes the default model', 'o3-mini', ['us.anthropic.claude-sonnet-4-6']],
  ['L7 chatgpt-4o-latest becomes the default model', 'chatgpt-4o-latest', ['us.anthropic.claude-sonnet-4-6']],
  ['L7 gpt-oss-120b is not hijacked and finds its id', 'gpt-oss-120b', ['openai.gpt-oss-120b-1:0']],
  ['L7 gpt-oss-120b stays as it is without a catalogue', 'gpt-oss-120b', ['gpt-oss-120b'], { known: new Map() }],
  ['L7 an id of the catalogue with gpt in it is no alias', 'openai.gpt-6-sol', ['us.openai.gpt-6-sol']],
  ['an alias wins over the names of OpenAI', 'gpt-3.5-turbo', ['amazon.nova-lite-v1:0']],
  ['an alias names an ordered list of fallbacks', 'fast-1', ['amazon.nova-lite-v1:0', 'us.anthropic.claude-sonnet-4-6']],
  ['an alias that names itself ends', 'loop', ['loop']],
  ['a friendly name finds its application profile', 'team-a', [APPLICATION]],
  [
    'L4 a base id without on-demand is called through the one profile listed',
    'anthropic.claude-opus-4-8',
    ['global.anthropic.claude-opus-4-8']
  ],
  [
    'L4 without a catalogue the geography of the region decides',
    'anthropic.claude-opus-4-8',
    ['us.anthropic.claude-opus-4-8'],
    { known: new Map() }
  ],
  [
    'L4 a geography without profiles uses the global one',
    'openai.gpt-6-sol',
    ['global.openai.gpt-6-sol'],
    { known: new Map(), region: 'eu-west-1' }
  ],
  ['L4 the operator can switch profiles off', 'anthropic.claude-opus-4-8', ['anthropic.claude-opus-4-8'], { crossRegion: false }],
  ['an on-demand base id is called as it is', 'amazon.nova-lite-v1:0', ['amazon.nova-lite-v1:0']],
  ['L2 an id no list knows is attempted', 'acme.new-model-v9:0', ['acme.new-model-v9:0']],
  [
    'L2 an ARN is called as it is',
    'arn:aws:bedrock:us-east-1:1:inference-profile/us.x.y',
    ['arn:aws:bedrock:us-east-1:1:inference-profile/us.x.y']
  ],
  ['names of embedding models are no chat models', 'text-embedding-3-small', ['text-embedding-3-small']],
  ['a name like an object member is only a name', 'constructor', ['constructor']],
  [
    'where all of them are legacy, the newest edition',
    'claude-3-5-sonnet-latest',
    ['anthropic.claude-3-5-sonnet-20241022-v2:0', 'anthropic.claude-3-5-sonnet-20240620-v1:0'],
    { known: FAMILIES }
  ],
  ['a size is part of the name', 'ministral-8b-latest', ['mistral.ministral-3-8b-instruct'], { known: FAMILIES }],
  ['of several sizes none is guessed', 'ministral-latest', ['ministral-latest'], { known: FAMILIES }],
  [
    'a date tells of two which is newer',
    'mistral-large-latest',
    ['mistral.mistral-large-2407-v1:0', 'mistral.mistral-large-2402-v1:0'],
    { known: FAMILIES }
  ]
]
for (const asked of ['sonnet', 'claude-sonnet', 'claude-sonnet-latest', 'claude-sonnet-5-latest']) {
  t.test(`${asked} is the newest that is no legacy, by number`, async (t) => {
    const targets = resolveModel(asked, 'chat', { ...CONTEXT, known: FAMILIES })
    t.strictSame(
      targets.map((target) => target.id),
      ['anthropic.claude-sonnet-5-10', 'anthropic.claude-sonnet-5-9', 'anthropic.claude-sonnet-5']
    )
  })
}
for (const [promise, asked, ids, context] of CHAT) {
  t.test(promise, async (t) => {
    const targets = resolveModel(asked, 'chat', { ...CONTEXT, ...context })
    t.strictSame(
      targets.map((target) => target.id),
      ids
    )
  })
}

t.test('P2 an application profile has the traits of what it runs', async (t) => {
  t.equal(resolveModel('team-a', 'chat', CONTEXT)[0].baseId, 'anthropic.claude-opus-4-8')
  t.equal(resolveModel(APPLICATION, 'chat', CONTEXT)[0].baseId, 'anthropic.claude-opus-4-8')
})

t.test('text-embedding-3-small becomes the default embedding model', async (t) => {
  t.equal(resolveModel('text-embedding-3-small', 'embedding', CONTEXT)[0].id, 'cohere.embed-multilingual-v3')
})
