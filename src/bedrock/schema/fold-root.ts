import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { followRef } from './follow-ref.ts'

/** A schema without a composition at its root, and the rule that stood there, in words. */
export interface FoldedSchema {
  readonly schema: JsonObject
  /** Empty: none was lost. */
  readonly rule: string
  /** Not all that stood there is told. */
  readonly isLoosened: boolean
}

const COMPOSITIONS = ['allOf', 'anyOf', 'oneOf'] as const
/** What folding carries of a part, and what asks nothing of values. */
const FOLDED = new Set([
  ...COMPOSITIONS,
  '$ref',
  'type',
  'properties',
  'patternProperties',
  'required',
  'title',
  'description',
  '$defs',
  'definitions'
])
const MOST_STEPS = 1000
/** Parts of parts; each level goes through all that lies below. */
const MOST_LEVELS = 32
const LONGEST_RULE = 2000

/**
 * Folds what stands in `allOf`, `anyOf`, `oneOf` and `$ref` at the root into `properties`: "input_schema does not support oneOf, allOf, or anyOf
 * at the top level" (B11). Required is what every alternative requires; the rest of the rule is told.
 */
export function foldRoot(root: JsonObject): FoldedSchema {
  if (root.$ref === undefined && COMPOSITIONS.every((name) => root[name] === undefined))
    return { schema: root, rule: '', isLoosened: false }
  const folder: Folder = { root, left: MOST_STEPS, rules: [], loosens: false }
  const { properties, required, patterns } = fold(root, folder, new Set())
  const { $ref: _ref, allOf: _all, anyOf: _any, oneOf: _one, additionalProperties, ...own } = root
  const addsNames = Object.keys(properties).some(
    (name) => !isJsonObject(root.properties) || !Object.hasOwn(root.properties, name)
  )
  const schema: Record<string, Json> = { ...own, type: 'object', properties }
  if (additionalProperties !== undefined && !(additionalProperties === false && addsNames))
    schema.additionalProperties = additionalProperties
  if (Object.keys(patterns).length > 0) schema.patternProperties = patterns
  delete schema.required
  if (required.size > 0) schema.required = [...required]
  const rule = folder.rules.join(' ')
  const isLoosened = folder.left <= 0 || folder.loosens || rule.length > LONGEST_RULE
  return { schema, rule: rule.slice(0, LONGEST_RULE), isLoosened }
}

interface Folder {
  readonly root: JsonObject
  left: number
  readonly rules: string[]
  /** A part asks for something that folding cannot say. */
  loosens: boolean
}

interface Folded {
  readonly properties: Record<string, Json>
  readonly patterns: Record<string, Json>
  readonly required: ReadonlySet<string>
}

const EMPTY: Folded = { properties: {}, patterns: {}, required: new Set() }

function fold(node: Json, folder: Folder, entered: ReadonlySet<string>, level = 0): Folded {
  if (!isJsonObject(node) || folder.left-- <= 0) return EMPTY
  if (level > MOST_LEVELS) {
    folder.loosens = true
    return EMPTY
  }
  if (node !== folder.root && Object.keys(node).some((name) => !FOLDED.has(name))) folder.loosens = true
  const own: Folded = {
    properties: isJsonObject(node.properties) ? { ...node.properties } : {},
    patterns: isJsonObject(node.patternProperties) ? { ...node.patternProperties } : {},
    required: new Set(Array.isArray(node.required) ? node.required.filter((name: Json) => typeof name === 'string') : [])
  }
  const parts = [own]
  const { $ref, allOf } = node
  if (typeof $ref === 'string' && !entered.has($ref)) {
    parts.push(fold(followRef(folder.root, $ref) ?? {}, folder, new Set([...entered, $ref]), level + 1))
  }
  for (const part of Array.isArray(allOf) ? (allOf as readonly Json[]) : []) parts.push(fold(part, folder, entered, level + 1))
  for (const name of ['anyOf', 'oneOf'] as const) {
    const branches = node[name]
    if (!Array.isArray(branches)) continue
    const some = (branches as readonly Json[])
      .filter((branch) => mayBeObject(branch))
      .map((branch) => fold(branch, folder, entered, level + 1))
    folder.rules.push(told(name, some))
    parts.push(either(some))
  }
  return all(parts)
}

/** Arguments are an object, so that an alternative of another type never holds. */
function mayBeObject(branch: Json): boolean {
  if (!isJsonObject(branch)) return branch !== false
  const { type } = branch
  return type === undefined || type === 'object' || (Array.isArray(type) && type.includes('object'))
}

function all(parts: readonly Folded[]): Folded {
  return {
    properties: join(
      parts.map((part) => part.properties),
      'allOf'
    ),
    patterns: join(
      parts.map((part) => part.patterns),
      'allOf'
    ),
    required: new Set(parts.flatMap((part) => [...part.required]))
  }
}

function either(branches: readonly Folded[]): Folded {
  const [first, ...rest] = branches
  if (first === undefined) return EMPTY
  return {
    properties: join(
      branches.map((branch) => branch.properties),
      'anyOf'
    ),
    patterns: join(
      branches.map((branch) => branch.patterns),
      'anyOf'
    ),
    required: new Set([...first.required].filter((name) => rest.every((branch) => branch.required.has(name))))
  }
}

function join(maps: readonly Readonly<Record<string, Json>>[], how: 'allOf' | 'anyOf'): Record<string, Json> {
  const found = new Map<string, Json[]>()
  for (const map of maps) {
    for (const [name, schema] of Object.entries(map)) {
      const known = found.get(name)
      if (known === undefined) found.set(name, [schema])
      else if (known.at(-1) !== schema) known.push(schema)
    }
  }
  return Object.fromEntries([...found].map(([name, schemas]) => [name, together(schemas, how)]))
}

/** Alternatives often share a schema word by word. Only where there are several are they compared. */
function together(schemas: readonly Json[], how: 'allOf' | 'anyOf'): Json {
  const [only = true, ...more] = schemas
  if (more.length === 0) return only
  const different = [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()]
  return different.length === 1 ? only : { [how]: different }
}

function told(name: 'anyOf' | 'oneOf', branches: readonly Folded[]): string {
  const sets = branches.map(({ properties, required }) => {
    const needed = [...required].map((one) => JSON.stringify(one)).join(' and ')
    const known = Object.keys(properties)
      .map((one) => JSON.stringify(one))
      .join(', ')
    return needed === '' ? (known === '' ? 'anything' : `any of ${known}`) : needed
  })
  return `The arguments must fit ${name === 'oneOf' ? 'exactly' : 'at least'} one of: ${sets.map((set) => `(${set})`).join(' or ')}.`
}
