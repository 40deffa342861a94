import { isJsonObject, isSameJson, type Json } from '../../core/json.ts'

/** What an object must have by a schema, its compositions folded in. */
export interface Folded {
  readonly properties: Readonly<Record<string, Json>>
  readonly patterns: Readonly<Record<string, Json>>
  readonly required: ReadonlySet<string>
  /** Properties of which not every alternative speaks: where it says nothing, anything may stand. */
  readonly partial: ReadonlySet<string>
}

/** Alternatives that became one schema, in words. */
export interface ToldAlternatives {
  readonly rule: string
  /** The words and the one schema say all that the alternatives said. */
  readonly isWhole: boolean
}

/** Tells what each alternative needs, and which value of a name belongs to it: kinds are told apart by a constant. */
export function tellAlternatives(name: 'anyOf' | 'oneOf', branches: readonly Folded[]): ToldAlternatives {
  const shared = differing(branches)
  const sets = branches.map((branch) => `(${tellOne(branch, shared)})`)
  return {
    rule: `The arguments must fit ${name === 'oneOf' ? 'exactly' : 'at least'} one of: ${sets.join(' or ')}.`,
    isWhole: [...shared].every((one) => branches.every((branch) => isTold(branch, one)))
  }
}

function tellOne(branch: Folded, shared: ReadonlySet<string>): string {
  const needed = [...branch.required].map((one) => tellName(branch, one, shared)).join(' and ')
  if (needed !== '') return needed
  const known = Object.keys(branch.properties)
    .map((one) => JSON.stringify(one))
    .join(', ')
  return known === '' ? 'anything' : `any of ${known}`
}

function tellName({ properties }: Folded, name: string, shared: ReadonlySet<string>): string {
  const constant = shared.has(name) ? constantOf(properties[name]) : undefined
  return constant === undefined ? JSON.stringify(name) : `${JSON.stringify(name)} as ${JSON.stringify(constant)}`
}

/** Names that are one thing in one alternative and another in the next. */
function differing(branches: readonly Folded[]): ReadonlySet<string> {
  const first = new Map<string, Json>()
  const shared = new Set<string>()
  for (const { properties } of branches) {
    for (const [name, schema] of Object.entries(properties)) {
      const known = first.get(name)
      if (known === undefined) first.set(name, schema)
      else if (known !== schema && !isSameJson(known, schema)) shared.add(name)
    }
  }
  return shared
}

function isTold({ properties, required }: Folded, name: string): boolean {
  return !Object.hasOwn(properties, name) || (required.has(name) && constantOf(properties[name]) !== undefined)
}

/** The one value that a schema takes; undefined where there is no such one. */
function constantOf(schema: Json | undefined): Json | undefined {
  if (!isJsonObject(schema)) return undefined
  const { const: constant, enum: words } = schema
  if (constant !== undefined) return constant
  return Array.isArray(words) && words.length === 1 ? (words as readonly Json[])[0] : undefined
}
