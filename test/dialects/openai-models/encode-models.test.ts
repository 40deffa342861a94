import t from 'tap'
import type { ModelInfo } from '../../../src/core/model.ts'
import { encodeModel, encodeModelList } from '../../../src/dialects/openai-models/encode-models.ts'

const MODEL: ModelInfo = {
  id: 'us.anthropic.claude-sonnet-4-6',
  baseId: 'anthropic.claude-sonnet-4-6',
  kind: 'profile',
  onDemand: true,
  name: 'US Anthropic Claude Sonnet 4.6',
  owner: 'Anthropic',
  created: 1_767_225_600,
  input: ['text', 'image'],
  output: ['text'],
  streaming: true,
  lifecycle: 'LEGACY',
  endOfLife: 1_807_142_400
}

t.test('one card is what OpenAI’s and Anthropic’s clients read', async (t) => {
  t.strictSame(encodeModel(MODEL), {
    id: 'us.anthropic.claude-sonnet-4-6',
    object: 'model',
    created: 1_767_225_600,
    owned_by: 'Anthropic',
    type: 'model',
    display_name: 'US Anthropic Claude Sonnet 4.6',
    created_at: '2026-01-01T00:00:00.000Z',
    name: 'US Anthropic Claude Sonnet 4.6',
    kind: 'profile',
    base_model: 'anthropic.claude-sonnet-4-6',
    input_modalities: ['text', 'image'],
    output_modalities: ['text'],
    streaming: true,
    lifecycle: 'legacy',
    shutdown_date: '2027-04-08'
  })
})

t.test('what no list tells is left out, what clients need is there', async (t) => {
  t.strictSame(encodeModel({ id: 'x.y', baseId: 'x.y' }, { id: 'fast', targets: ['x.y', 'z'] }), {
    id: 'fast',
    object: 'model',
    created: 0,
    owned_by: 'x',
    type: 'model',
    display_name: 'x.y',
    created_at: '1970-01-01T00:00:00.000Z',
    name: 'x.y',
    base_model: 'x.y',
    resolves_to: ['x.y', 'z']
  })
})

t.test('a list is one page', async (t) => {
  const cards = [encodeModel(MODEL), encodeModel({ ...MODEL, id: 'eu.anthropic.claude-sonnet-4-6' })]
  t.strictSame(encodeModelList(cards), {
    object: 'list',
    data: cards,
    has_more: false,
    first_id: 'us.anthropic.claude-sonnet-4-6',
    last_id: 'eu.anthropic.claude-sonnet-4-6'
  })
  t.match(encodeModelList([]), { data: [], first_id: null, last_id: null })
})
