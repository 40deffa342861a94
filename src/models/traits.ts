import { memoize } from '../core/bounded.ts'
import { globMatch } from './glob.ts'
import type { ModelTarget } from './model-target.ts'
import { TRAIT_ROWS } from './trait-rows.ts'
import type { TraitRow, Traits } from './traits-type.ts'

export { parseTraitRows } from './parse-trait-rows.ts'
export type { CachePlace, EffortWord, TraitRow, Traits } from './traits-type.ts'

/**
 * What a model takes and refuses. Never fails: the first row that fits decides, a newer model of a family gets the family's
 * newest row, and a model nobody knows gets a permissive one, so that Bedrock itself has the last word.
 * Operator rows lie over the built-in one, member by member; of several that fit, the earlier wins.
 */
export function traitsFor(baseId: string, operatorRows: readonly TraitRow[] = NO_ROWS): Traits {
  return tableOf(operatorRows)(baseId)
}

const NO_ROWS: readonly TraitRow[] = []
const MOST_REMEMBERED = 1000
const tables = new WeakMap<readonly TraitRow[], (baseId: string) => Traits>()

function tableOf(rows: readonly TraitRow[]): (baseId: string) => Traits {
  const table = tables.get(rows) ?? memoize((baseId: string) => lookUp(baseId, rows), MOST_REMEMBERED)
  tables.set(rows, table)
  return table
}

function lookUp(baseId: string, operatorRows: readonly TraitRow[]): Traits {
  const builtIn = TRAIT_ROWS.find(([match]) => globMatch(match, baseId))?.[1] ?? UNKNOWN
  const over = operatorRows.filter((row) => globMatch(row.match, baseId)).map(({ match: _match, ...members }) => members)
  return over.length === 0 ? builtIn : Object.assign({}, builtIn, ...over.toReversed())
}

/** The last row fits everything; this is what the type of `find` needs. */
const UNKNOWN: Traits = TRAIT_ROWS[TRAIT_ROWS.length - 1]![1]

/** Whether a row names the model's family: what none names may be no model at all. */
export function hasFamily(baseId: string): boolean {
  return traitsFor(baseId) !== UNKNOWN
}

/**
 * The traits of a model as it is called. What no list but mantle's tells of is called there: by Chat Completions, which mantle has for
 * every model but the newest of OpenAI's, unless a row says otherwise.
 */
export function traitsOfTarget({ baseId, isMantleOnly }: ModelTarget, operatorRows: readonly TraitRow[] = NO_ROWS): Traits {
  const traits = traitsFor(baseId, operatorRows)
  if (isMantleOnly !== true || traits.host === 'mantle') return traits
  return memoMantle(traits)
}

const memoMantle = memoize((traits: Traits): Traits => ({ ...traits, surface: 'chat-completions', host: 'mantle' }), 64)
