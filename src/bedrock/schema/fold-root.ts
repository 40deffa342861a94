import { isEmpty, isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { followRef } from './follow-ref.ts'
import { keepRefs } from './keep-refs.ts'
import { type Folded, tellAlternatives } from './tell-alternatives.ts'

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

/** Tells whether something stands at the root that has to be followed or chosen from. */
function isComposed(root: JsonObject): boolean {
  return root.$ref !== undefined || COMPOSITIONS.some((name) => root[name] !== undefined)
}

/**
 * Folds what stands in `allOf`, `anyOf`, `oneOf` and `$ref` at the root into `properties`: "input_schema does not support oneOf, allOf, or anyOf
 * at the top level" (B11). Required is what every alternative requires; the rest of the rule is told. References keep their meaning.
 */
export function foldRoot(root: JsonObject): FoldedSchema {
  if (!isComposed(root)) return { schema: root, rule: '', isLoosened: false }
  const folder: Folder = { root, left: MOST_STEPS, rules: [], loosens: false }
  const { properties, required, patterns } = fold(root, folder, { entered: new Set(), level: 0, inBranch: false })
  const { $ref: _ref, allOf: _all, anyOf: _any, oneOf: _one, ...own } = root
  const schema: Record<string, Json> = { ...own, type: 'object', properties }
  if (Object.keys(patterns).length > 0) schema.patternProperties = patterns
  delete schema.required
  if (required.size > 0) schema.required = [...required]
  const rule = folder.rules.join(' ')
  const isLoosened = folder.left <= 0 || folder.loosens || rule.length > LONGEST_RULE || opens(root, properties)
  return { schema: keepRefs(root, schema), rule: rule.slice(0, LONGEST_RULE), isLoosened }
}

/** What the root says of members that it does not name is not asked of those that came from its parts. */
function opens({ additionalProperties, properties }: JsonObject, folded: Folded['properties']): boolean {
  if (additionalProperties === undefined || additionalProperties === true) return false
  const own = isJsonObject(properties) ? properties : {}
  return Object.keys(folded).some((name) => !Object.hasOwn(own, name))
}

interface Folder {
  readonly root: JsonObject
  left: number
  readonly rules: string[]
  /** A part asks for something that folding cannot say. */
  loosens: boolean
}

interface Place {
  /** References on the way to it. */
  readonly entered: ReadonlySet<string>
  /** Parts around it. */
  readonly level: number
  /** It holds in one alternative only: a rule told of it would be taken for one of the whole. */
  readonly inBranch: boolean
}

const NONE: ReadonlySet<string> = new Set()
const EMPTY: Folded = { properties: {}, patterns: {}, required: NONE, partial: NONE }

function fold(node: Json, folder: Folder, place: Place): Folded {
  if (!isJsonObject(node) || folder.left-- <= 0) return EMPTY
  if (place.level > MOST_LEVELS) {
    folder.loosens = true
    return EMPTY
  }
  if (node !== folder.root && Object.keys(node).some((name) => !FOLDED.has(name))) folder.loosens = true
  const own: Folded = {
    properties: isJsonObject(node.properties) ? node.properties : {},
    patterns: isJsonObject(node.patternProperties) ? node.patternProperties : {},
    required: new Set(Array.isArray(node.required) ? node.required.filter((name: Json) => typeof name === 'string') : []),
    partial: NONE
  }
  const parts = [own]
  const { $ref, allOf } = node
  if (typeof $ref === 'string' && !place.entered.has($ref)) parts.push(foldRef($ref, folder, place))
  for (const part of Array.isArray(allOf) ? (allOf as readonly Json[]) : [])
    parts.push(fold(part, folder, { ...place, level: place.level + 1 }))
  for (const name of ['anyOf', 'oneOf'] as const) {
    const branches = node[name]
    if (Array.isArray(branches)) parts.push(foldBranches(name, branches, folder, place))
  }
  return all(parts, folder)
}

function foldRef(ref: string, folder: Folder, { entered, level, inBranch }: Place): Folded {
  const target = followRef(folder.root, ref)
  if (target === undefined) folder.loosens = true
  return fold(target ?? {}, folder, { entered: new Set([...entered, ref]), level: level + 1, inBranch })
}

function foldBranches(name: 'anyOf' | 'oneOf', branches: readonly Json[], folder: Folder, place: Place): Folded {
  const inside = { entered: place.entered, level: place.level + 1, inBranch: true }
  const some = branches.filter((branch) => mayBeObject(branch)).map((branch) => fold(branch, folder, inside))
  if (place.inBranch) folder.loosens = true
  else {
    const told = tellAlternatives(name, some)
    folder.rules.push(told.rule)
    if (!told.isWhole) folder.loosens = true
  }
  return either(some)
}

/** Arguments are an object, so that an alternative of another type never holds. */
function mayBeObject(branch: Json): boolean {
  if (!isJsonObject(branch)) return branch !== false
  const { type } = branch
  return type === undefined || type === 'object' || (Array.isArray(type) && type.includes('object'))
}

/** What only some alternatives ask of a name that stands elsewhere too is not asked: it would bind the others as well. */
function all(given: readonly Folded[], folder: Folder): Folded {
  const parts = given.filter((part) => !saysNothing(part))
  if (parts.length === 0) return EMPTY
  const [only, ...more] = parts
  if (only !== undefined && more.length === 0) return only
  const places = countNames(parts)
  const isLoose = ({ partial }: Folded, name: string) => partial.has(name) && (places.get(name) ?? 0) > 1
  const bound = parts.map((part) => {
    if (![...part.partial].some((name) => isLoose(part, name))) return part.properties
    folder.loosens = true
    return Object.fromEntries(Object.entries(part.properties).filter(([name]) => !isLoose(part, name)))
  })
  return {
    properties: join(bound, 'allOf'),
    patterns: joinPatterns(parts, 'allOf'),
    required: new Set(parts.flatMap((part) => [...part.required])),
    partial: new Set(parts.flatMap((part) => [...part.partial].filter((name) => !isLoose(part, name))))
  }
}

function saysNothing({ properties, patterns, required, partial }: Folded): boolean {
  return isEmpty(properties) && isEmpty(patterns) && required.size === 0 && partial.size === 0
}

function either(branches: readonly Folded[]): Folded {
  const [first, ...rest] = branches
  if (first === undefined) return EMPTY
  if (rest.length === 0) return first
  const places = countNames(branches)
  const partial = new Set(branches.flatMap((branch) => [...branch.partial]))
  for (const [name, count] of places) if (count < branches.length) partial.add(name)
  return {
    properties: join(
      branches.map((branch) => branch.properties),
      'anyOf'
    ),
    patterns: joinPatterns(branches, 'anyOf'),
    required: new Set([...first.required].filter((name) => rest.every((branch) => branch.required.has(name)))),
    partial
  }
}

/** In how many of them each property stands. */
function countNames(parts: readonly Folded[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>()
  for (const { properties } of parts) {
    for (const name of Object.keys(properties)) places.set(name, (places.get(name) ?? 0) + 1)
  }
  return places
}

function joinPatterns(parts: readonly Folded[], how: 'allOf' | 'anyOf'): Readonly<Record<string, Json>> {
  return join(
    parts.map((part) => part.patterns),
    how
  )
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
