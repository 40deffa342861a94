import type { ModelInfo } from '../../core/model.ts'
import { optionalInteger, optionalString } from './read-value.ts'

/** A model as Anthropic's clients read it. */
export interface ModelBody {
  readonly type: 'model'
  readonly id: string
  readonly display_name: string
  /** RFC 3339; the epoch where no list tells. */
  readonly created_at: string
}

export interface ModelPage {
  readonly data: readonly ModelBody[]
  readonly has_more: boolean
  readonly first_id: string | null
  readonly last_id: string | null
}

/** One model; `id` where it has another name than its own. */
export function encodeModel(model: Pick<ModelInfo, 'id'> & Partial<ModelInfo>, id = model.id): ModelBody {
  return {
    type: 'model',
    id,
    display_name: model.name ?? id,
    created_at: new Date((model.created ?? 0) * 1000).toISOString().replace('.000Z', 'Z')
  }
}

const USUAL_LIMIT = 20
const MOST = 1000
const LONGEST_ID = 2048

/** One page of models: `limit`, and behind `after_id` or before `before_id`. Throws a 400 that names the parameter. */
export function encodeModelPage(models: readonly ModelBody[], query: Readonly<Record<string, unknown>>): ModelPage {
  const limit = optionalInteger(numberOf(query.limit), 'limit', { min: 1, max: MOST }) ?? USUAL_LIMIT
  const after = idOf(query.after_id, 'after_id')
  const before = idOf(query.before_id, 'before_id')
  const start = after === undefined ? 0 : models.findIndex(({ id }) => id === after) + 1
  const end = before === undefined ? -1 : models.findIndex(({ id }) => id === before)
  // Backwards the page ends right before the id; forwards it begins right behind it.
  const [from, to] = end < 0 ? [start, start + limit] : [Math.max(start, end - limit), end]
  const data = models.slice(from, to)
  return {
    data,
    has_more: end < 0 ? to < models.length : from > start,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null
  }
}

function numberOf(value: unknown): number | null {
  return value === undefined || value === '' ? null : Number(value)
}

function idOf(value: unknown, name: string): string | undefined {
  return typeof value === 'string' ? optionalString(value.slice(0, LONGEST_ID), name) : undefined
}
