import { isJsonNumber, isRawNumber, parseExact } from '../../core/exact-json.ts'
import { isJsonObject, type Json, type JsonObject, toJson } from '../../core/json.ts'
import { childOf, followRef, type RefStep, readRef, writeRef } from './follow-ref.ts'
import { mapSchema } from './map-schema.ts'

/**
 * The schema in draft 2020-12, as Claude checks it: "JSON schema is invalid. It must match JSON Schema draft 2020-12"
 * (B13). Words of older drafts and of OpenAPI are translated; what means nothing there is left out.
 */
export function repairSchema(root: JsonObject): { readonly schema: JsonObject; readonly isLoosened: boolean } {
  const losses: Losses = { any: false }
  const repair = (node: Json): Json => {
    if (typeof node === 'boolean') return node
    if (isJsonObject(node)) return mapSchema(repairNode(node, root, losses), repair)
    if (node !== null) losses.any = true
    return {}
  }
  const schema = repair(root) as JsonObject
  return { schema: withoutDangling(schema, losses), isLoosened: losses.any }
}

/** What a reference leads to may itself have been left out. */
function withoutDangling(root: JsonObject, losses: Losses): JsonObject {
  const clean = (node: Json): Json => {
    if (!isJsonObject(node)) return node
    const { $ref, ...beside } = node
    const dangles = typeof $ref === 'string' && $ref.startsWith('#') && !isTarget(followRef(root, $ref))
    if (dangles) losses.any = true
    return mapSchema(dangles ? beside : node, clean)
  }
  return losses.refs === true ? (clean(root) as JsonObject) : root
}

/** Whether anything was left out that asked something of values. */
interface Losses {
  any: boolean
  /** Something refers to a part of the schema. */
  refs?: true
}

/** What asks nothing of values, or is translated below. */
const SAYS_NOTHING = new Set([
  '$schema',
  '$vocabulary',
  'id',
  '$id',
  '$comment',
  'title',
  'description',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  'contentEncoding',
  'contentMediaType'
])

/** A value that some writers put for a keyword that is not there. */
function isNothing(name: string, value: Json): boolean {
  if (SAYS_NOTHING.has(name) || value === null || value === false) return true
  if (name === 'type') return typeof value === 'string' && value.toLowerCase() === 'any'
  return Array.isArray(value) && value.length === 0
}

/** Itself where nothing is to be repaired: copies of large schemas take long. */
function repairNode(node: JsonObject, root: JsonObject, losses: Losses): JsonObject {
  let changed: Record<string, Json> | undefined
  for (const name in node) {
    const value = node[name]!
    const kept = repairMember(name, value)
    if (kept === value) continue
    changed ??= { ...node }
    if (kept !== undefined) changed[name] = kept
    else {
      delete changed[name]
      if (!isNothing(name, value)) losses.any = true
    }
  }
  const renewed = typeof node.$ref === 'string' && node.$ref.startsWith('#') ? renewRef(root, node.$ref) : undefined
  if (renewed !== undefined) losses.refs = true
  if (changed === undefined && (renewed === undefined || renewed === node.$ref) && !needsRepair(node)) return node
  const made = changed ?? { ...node }
  if (renewed !== undefined) made.$ref = renewed
  repairLimit(made, 'exclusiveMinimum', 'minimum')
  repairLimit(made, 'exclusiveMaximum', 'maximum')
  const whole = [repairTuple(made), repairPatterns(made), repairDependencies(made), repairRequired(made, node)]
  if (whole.includes(false)) losses.any = true
  return made
}

/** What the repairs beyond single members look for. */
function needsRepair(node: JsonObject): boolean {
  const { exclusiveMinimum, exclusiveMaximum, items, additionalItems, dependencies, required, properties } = node
  if (typeof exclusiveMinimum === 'boolean' || typeof exclusiveMaximum === 'boolean') return true
  if (additionalItems !== undefined || dependencies !== undefined || node.dependentRequired !== undefined) return true
  if (Array.isArray(items) || node.patternProperties !== undefined) return true
  if ((items !== undefined && !isTarget(items)) || (required !== undefined && !areNames(required))) return true
  return isJsonObject(properties) && hasMarked(properties)
}

function areNames(value: Json): boolean {
  return Array.isArray(value) && isWhole(value) && new Set(value).size === value.length
}

function hasMarked(properties: JsonObject): boolean {
  for (const name in properties) {
    const property = properties[name]
    if (isJsonObject(property) && property.required === true) return true
  }
  return false
}

/** A reference into what has another name now. */
function renewRef(root: JsonObject, ref: string): string {
  const steps = readRef(ref)
  if (steps === undefined) return ref
  const renewed: string[] = []
  let node: Json | undefined = root
  for (const step of steps) {
    renewed.push(renewStep(node, step))
    node = childOf(node, step.name)
  }
  return writeRef(renewed)
}

function renewStep(node: Json | undefined, { written, name, under }: RefStep): string {
  if (under !== '' || !isJsonObject(node)) return written
  if (name === 'dependencies') return 'dependentSchemas'
  if (!Array.isArray(node.items)) return written
  return name === 'items' ? 'prefixItems' : name === 'additionalItems' ? 'items' : written
}

function isTarget(value: Json | undefined): boolean {
  return typeof value === 'boolean' || isJsonObject(value)
}

type Repair = (value: Json) => Json | undefined

const text: Repair = (value) => (typeof value === 'string' ? value : undefined)
const flag: Repair = (value) => (typeof value === 'boolean' ? value : undefined)
const nothing: Repair = () => undefined
const map: Repair = (value) => (isJsonObject(value) ? value : undefined)
const list: Repair = (value) => (Array.isArray(value) && value.length > 0 ? value : undefined)
const schema: Repair = (value) => (typeof value === 'boolean' || isJsonObject(value) ? value : undefined)
const count: Repair = (value) => {
  const number = amount(value)
  if (number === undefined) return undefined
  const size = Number(toJson(number))
  return size >= 0 && (Number.isInteger(size) || size === Number.POSITIVE_INFINITY) ? number : undefined
}
/** With the digits it was written in; a string is the number that it says. */
const amount: Repair = (value) => {
  if (typeof value !== 'string') return typeof value === 'number' || isRawNumber(value) ? value : undefined
  const said = value.trim()
  if (isJsonNumber(said)) return parseExact(said) as Json
  const number = said === '' ? Number.NaN : Number(said)
  return Number.isFinite(number) ? number : undefined
}
const above0: Repair = (value) => {
  const number = amount(value)
  return number !== undefined && /^(?!-)[\d.]*[1-9]/.test(toJson(number)) ? number : undefined
}
const limit: Repair = (value) => (typeof value === 'boolean' ? value : amount(value))
const pattern: Repair = (value) => (typeof value === 'string' && isPattern(value) ? value : undefined)

const REPAIRS: Readonly<Record<string, Repair>> = {
  $schema: nothing,
  $vocabulary: nothing,
  id: (value) => (typeof value === 'string' ? undefined : value),
  $id: nothing,
  $ref: text,
  $anchor: text,
  $dynamicRef: text,
  $dynamicAnchor: text,
  $comment: text,
  title: text,
  description: text,
  format: text,
  contentEncoding: text,
  contentMediaType: text,
  pattern,
  type: repairType,
  enum: list,
  examples: (value) => (value === null ? undefined : Array.isArray(value) ? value : [value]),
  deprecated: flag,
  readOnly: flag,
  writeOnly: flag,
  uniqueItems: flag,
  minimum: amount,
  maximum: amount,
  multipleOf: above0,
  exclusiveMinimum: limit,
  exclusiveMaximum: limit,
  minLength: count,
  maxLength: count,
  minItems: count,
  maxItems: count,
  minProperties: count,
  maxProperties: count,
  minContains: count,
  maxContains: count,
  allOf: list,
  anyOf: list,
  oneOf: list,
  prefixItems: list,
  properties: map,
  $defs: map,
  definitions: map,
  dependentSchemas: map,
  patternProperties: map,
  dependentRequired: map,
  additionalProperties: schema,
  unevaluatedProperties: schema,
  unevaluatedItems: schema,
  propertyNames: schema,
  contains: schema,
  contentSchema: schema,
  not: schema,
  if: schema,
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: schema,
  else: schema
}

function repairMember(name: string, value: Json): Json | undefined {
  return Object.hasOwn(REPAIRS, name) ? REPAIRS[name]?.(value) : value
}

const TYPES = new Set(['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'])
/** What clients of typed languages write. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  bool: 'boolean',
  dict: 'object',
  double: 'number',
  float: 'number',
  int: 'integer',
  list: 'array',
  str: 'string'
}

function repairType(value: Json): Json | undefined {
  if (!Array.isArray(value)) return typeWord(value)
  const words = value.map((item: Json) => typeWord(item))
  if (words.length === 0 || words.includes(undefined)) return undefined
  return [...new Set(words)] as string[]
}

function typeWord(value: Json): string | undefined {
  if (typeof value !== 'string') return undefined
  const word = value.toLowerCase()
  if (TYPES.has(word)) return word
  return Object.hasOwn(OTHER_WORDS, word) ? OTHER_WORDS[word] : undefined
}

/** Draft 4: the limit itself is in or out. */
function repairLimit(made: Record<string, Json>, exclusive: string, inclusive: string): void {
  const value = made[exclusive]
  if (typeof value !== 'boolean') return
  delete made[exclusive]
  const bound = made[inclusive]
  if (!value || bound === undefined) return
  made[exclusive] = bound
  delete made[inclusive]
}

/** Before 2020-12 a tuple was a list of `items`, and `additionalItems` the rest. False: something of it was lost. */
function repairTuple(made: Record<string, Json>): boolean {
  const { items, additionalItems } = made
  delete made.additionalItems
  if (items === undefined) return true
  if (!Array.isArray(items)) {
    if (isTarget(items)) return true
    delete made.items
    return items === null
  }
  delete made.items
  const isDouble = items.length > 0 && made.prefixItems !== undefined
  if (items.length > 0 && !isDouble) made.prefixItems = items
  if (isTarget(additionalItems)) made.items = additionalItems!
  return !isDouble && (isTarget(additionalItems) || (additionalItems ?? null) === null)
}

/** False: a pattern that is none was lost. */
function repairPatterns(made: Record<string, Json>): boolean {
  const { patternProperties } = made
  if (!isJsonObject(patternProperties)) return true
  const sound = Object.entries(patternProperties).filter(([name]) => isPattern(name))
  if (sound.length === Object.keys(patternProperties).length) return true
  made.patternProperties = Object.fromEntries(sound)
  return false
}

/** Until 2019-09 one keyword held names and schemas, and in draft 3 a single name. False: something of it was lost. */
function repairDependencies(made: Record<string, Json>): boolean {
  const { dependencies, dependentRequired } = made
  delete made.dependencies
  if (dependencies === undefined && dependentRequired === undefined) return true
  const given = [dependencies, dependentRequired].flatMap((map) => (isJsonObject(map) ? Object.entries(map) : []))
  const names = given.flatMap(([name, value]) => (isNames(value) ? [[name, namesIn(value)] as const] : []))
  const schemas = Object.entries(isJsonObject(dependencies) ? dependencies : {}).filter(([, value]) => isTarget(value))
  delete made.dependentRequired
  if (names.length > 0) made.dependentRequired = Object.fromEntries(names)
  if (schemas.length > 0) {
    const own = isJsonObject(made.dependentSchemas) ? made.dependentSchemas : {}
    made.dependentSchemas = { ...own, ...Object.fromEntries(schemas) }
  }
  const isMap = isJsonObject(dependencies) || isNothing('dependencies', dependencies ?? null)
  return isMap && names.length + schemas.length === given.length && given.every(([, value]) => isTarget(value) || isWhole(value))
}

function isNames(value: Json): boolean {
  return Array.isArray(value) || typeof value === 'string'
}

/** Draft 3 wrote `required: true` into the property. False: something of it was lost. */
function repairRequired(made: Record<string, Json>, node: JsonObject): boolean {
  const properties = isJsonObject(node.properties) ? node.properties : {}
  const { required } = node
  const own = typeof required === 'string' && !Object.hasOwn(properties, required) ? [] : namesIn(required ?? null)
  const marked = Object.entries(properties)
    .filter(([, property]) => isJsonObject(property) && property.required === true)
    .map(([name]) => name)
  delete made.required
  if (own.length + marked.length > 0) made.required = [...new Set([...own, ...marked])]
  else if (Array.isArray(required)) made.required = []
  if (required === undefined || required === null || typeof required === 'boolean') return true
  return isWhole(required) && (typeof required !== 'string' || own.length > 0)
}

/** A list of names, or one name by itself, as some writers have it. */
function namesIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? [...new Set(value.filter((name: Json): name is string => typeof name === 'string'))] : []
}

function isWhole(value: Json): boolean {
  return typeof value === 'string' || (Array.isArray(value) && value.every((name: Json) => typeof name === 'string'))
}

function isPattern(value: string): boolean {
  try {
    new RegExp(value, 'u')
    return true
  } catch {
    return false
  }
}
