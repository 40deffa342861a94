import type { ModelInfo } from '../../core/model.ts'

/** A model as OpenAI's and Anthropic's clients read it, and what a person wants to know beside. */
export interface ModelCard {
  readonly id: string
  readonly object: 'model'
  readonly created: number
  readonly owned_by: string
  readonly type: 'model'
  readonly display_name: string
  readonly created_at: string
  readonly name: string
  readonly kind?: string
  readonly base_model: string
  readonly input_modalities?: readonly string[]
  readonly output_modalities?: readonly string[]
  readonly streaming?: boolean
  readonly lifecycle?: string
  /** `2027-04-08`. */
  readonly shutdown_date?: string
  /** What a name of the operator's or of OpenAI's stands for, in the order of trying. */
  readonly resolves_to?: readonly string[]
}

export interface ModelList {
  readonly object: 'list'
  readonly data: readonly ModelCard[]
  readonly has_more: false
  readonly first_id: string | null
  readonly last_id: string | null
}

/** A model of which no more may be known than its ids. */
export type ModelSketch = Pick<ModelInfo, 'id' | 'baseId'> & Partial<ModelInfo>

/** All models in one page, which is what OpenAI's clients expect; Anthropic's read `has_more` and stop. */
export function encodeModelList(cards: readonly ModelCard[]): ModelList {
  return { object: 'list', data: cards, has_more: false, first_id: cards[0]?.id ?? null, last_id: cards.at(-1)?.id ?? null }
}

/** One model. `alias` is given when the caller asked by another name: it keeps that name as its id. */
export function encodeModel(model: ModelSketch, alias?: { readonly id: string; readonly targets: readonly string[] }): ModelCard {
  const created = model.created ?? 0
  const name = model.name ?? model.id
  return {
    id: alias?.id ?? model.id,
    object: 'model',
    created,
    owned_by: model.owner ?? ownerOf(model.baseId),
    type: 'model',
    display_name: name,
    created_at: new Date(created * 1000).toISOString(),
    name,
    ...(model.kind === undefined ? {} : { kind: model.kind }),
    base_model: model.baseId,
    ...(model.input === undefined ? {} : { input_modalities: model.input }),
    ...(model.output === undefined ? {} : { output_modalities: model.output }),
    ...(model.streaming === undefined ? {} : { streaming: model.streaming }),
    ...(model.lifecycle === undefined ? {} : { lifecycle: model.lifecycle.toLowerCase() }),
    ...(model.endOfLife === undefined ? {} : { shutdown_date: new Date(model.endOfLife * 1000).toISOString().slice(0, 10) }),
    ...(alias === undefined ? {} : { resolves_to: alias.targets })
  }
}

/** `anthropic` of `anthropic.claude-...`; where nothing can be read, the place the model runs. */
function ownerOf(baseId: string): string {
  return /^([a-z0-9]+)\./.exec(baseId)?.[1] ?? 'bedrock'
}
