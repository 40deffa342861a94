import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { stableId } from '../../core/stable-hash.ts'
import { type RefStep, readRef, writeRef } from './follow-ref.ts'
import { mapSchema } from './map-schema.ts'

const ALLOWED = /^[a-zA-Z0-9_.-]{1,64}$/

/** Names of properties in Claude's alphabet, and the way back. One for all schemas of a request. */
export interface PropertyNames {
  /** The schema with every name it gives to a property made sendable; the caller's own is told in the property's description. */
  rename(schema: JsonObject): JsonObject
  /** A value of the history, in the names of the schemas. */
  toBedrock(value: Json): Json
  /** Sent names to the caller's, only where they differ; undefined where none does. */
  toCaller(): ReadonlyMap<string, string> | undefined
}

const AS_THEY_ARE: PropertyNames = { rename: (schema) => schema, toBedrock: (value) => value, toCaller: () => undefined }

/** Keywords whose value holds schemas under names of properties. */
const UNDER_NAMES: ReadonlySet<string> = new Set(['properties', 'dependentSchemas', 'dependencies'])

/**
 * "Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'" (B12). A name is made of the caller's name alone, so
 * that it stays the same from turn to turn, whatever other tools come and go.
 */
export function createPropertyNames(takesAny: boolean): PropertyNames {
  if (takesAny) return AS_THEY_ARE
  const sent = new Map<string, string>()

  function nameFor(name: string): string {
    if (ALLOWED.test(name)) return name
    const known = sent.get(name)
    if (known !== undefined) return known
    const plain = name.slice(0, 48).replace(/[^a-zA-Z0-9_.-]/g, '_')
    const made = `${plain}_${stableId(name)}`
    sent.set(name, made)
    return made
  }

  const names = (value: Json): Json => {
    if (!Array.isArray(value)) return value
    const made = value.map((name: Json) => (typeof name === 'string' ? nameFor(name) : name))
    return made.every((name, index) => name === value[index]) ? value : made
  }

  function keys(value: Json, inner: (name: string, value: Json) => Json): Json {
    if (!isJsonObject(value)) return value
    const made: Record<string, Json> = {}
    let isChanged = false
    for (const name in value) {
      const one = value[name]!
      const sendable = nameFor(name)
      const kept = inner(name, one)
      if (sendable !== name || kept !== one) isChanged = true
      made[sendable] = kept
    }
    return isChanged ? made : value
  }

  /** Copied only where something changes. */
  function renameNode(node: Json): Json {
    if (!isJsonObject(node)) return node
    const mapped = mapSchema(node, renameNode)
    let made: Record<string, Json> | undefined
    for (const [name, rename] of RENAMED) {
      const value = mapped[name]
      const kept = value === undefined ? value : rename(value, mapped)
      if (kept === undefined || kept === value) continue
      made ??= { ...mapped }
      made[name] = kept
    }
    return made ?? mapped
  }

  const RENAMED: readonly (readonly [name: string, rename: (value: Json, node: JsonObject) => Json])[] = [
    [
      'properties',
      (value, { patternProperties }) => {
        const asked = patternsOf(value, patternProperties)
        return keys(value, (name, one) => (ALLOWED.test(name) ? one : describe(name, withPatterns(name, one, asked))))
      }
    ],
    ['dependentSchemas', (value) => keys(value, (_name, one) => one)],
    ['dependentRequired', (value) => keys(value, (_name, one) => names(one))],
    ['dependencies', (value) => keys(value, (_name, one) => names(one))],
    ['required', names],
    ['propertyNames', (value) => (isJsonObject(value) ? renameNamed(value) : value)],
    ['$ref', (value) => (typeof value === 'string' ? renameRef(value) : value)]
  ]

  /** A schema of names: the words it takes are names. */
  function renameNamed(schema: JsonObject): JsonObject {
    const made: Record<string, Json> = { ...schema }
    if (schema.enum !== undefined) made.enum = names(schema.enum)
    if (typeof schema.const === 'string') made.const = nameFor(schema.const)
    return made
  }

  /** Steps of a reference that are names of properties. */
  function renameRef(ref: string): string {
    const steps = readRef(ref)
    const isNamed = ({ under, name }: RefStep) => UNDER_NAMES.has(under) && !ALLOWED.test(name)
    if (steps?.some(isNamed) !== true) return ref
    return writeRef(steps.map((step) => (isNamed(step) ? nameFor(step.name) : step.written)))
  }

  return {
    rename: (schema) => (hasOddName(schema) ? (renameNode(schema) as JsonObject) : schema),
    toBedrock: (value) => (sent.size === 0 ? value : renameKeys(value, sent)),
    toCaller: () => (sent.size === 0 ? undefined : new Map(Array.from(sent, ([name, made]) => [made, name])))
  }
}

interface Pattern {
  readonly test: RegExp
  readonly schema: Json
}

/** A caller's pattern can be made to run for ever: only one that repeats nothing is run. */
const REPEATS = /[*+?{(]/
/** Each of the patterns beside properties is run over each of their names, so many times at most: further ones ask nothing. */
const MOST_RUNS = 50_000

function patternsOf(properties: Json, patterns: Json | undefined): readonly Pattern[] {
  if (!isJsonObject(patterns) || !isJsonObject(properties)) return []
  const most = Math.floor(MOST_RUNS / Math.max(1, Object.keys(properties).length))
  const made: Pattern[] = []
  for (const source in patterns) {
    if (made.length >= most) break
    const test = REPEATS.test(source) ? undefined : patternOf(source)
    if (test !== undefined) made.push({ test, schema: patterns[source]! })
  }
  return made
}

/** Undefined: it is no pattern, and asks nothing. */
function patternOf(source: string): RegExp | undefined {
  try {
    return new RegExp(source, 'u')
  } catch {
    return undefined
  }
}

/** What a pattern asked of the caller's name is asked of its new one, which the pattern may not meet. */
function withPatterns(name: string, property: Json, patterns: readonly Pattern[]): Json {
  const asked = patterns.flatMap(({ test, schema }) => (test.test(name) ? [schema] : []))
  return asked.length === 0 ? property : { allOf: [property, ...asked] }
}

function describe(name: string, property: Json): Json {
  if (!isJsonObject(property)) return property
  const before = typeof property.description === 'string' ? `${property.description} ` : ''
  return { ...property, description: `${before}(${JSON.stringify(name.slice(0, 200))})` }
}

const isOdd = (name: Json): boolean => typeof name === 'string' && !ALLOWED.test(name)

/** Hardly any schema has one, so that nothing is copied. */
function hasOddName(node: Json): boolean {
  if (Array.isArray(node)) return node.some(hasOddName)
  if (!isJsonObject(node)) return false
  for (const name in node) {
    const value = node[name]!
    if (namesOdd(name, value) || hasOddName(value)) return true
  }
  return false
}

function namesOdd(keyword: string, value: Json): boolean {
  if (keyword === 'required') return Array.isArray(value) && value.some(isOdd)
  if (!isJsonObject(value)) return false
  switch (keyword) {
    case 'properties':
    case 'dependentSchemas':
      return Object.keys(value).some(isOdd)
    case 'dependencies':
    case 'dependentRequired':
      return Object.entries(value).some(([name, names]) => isOdd(name) || (Array.isArray(names) && names.some(isOdd)))
    case 'propertyNames':
      return (Array.isArray(value.enum) && value.enum.some(isOdd)) || isOdd(value.const ?? '_')
    default:
      return false
  }
}

/** Copied only where a name changes: a call may hold tens of thousands that do not. */
function renameKeys(value: Json, sent: ReadonlyMap<string, string>): Json {
  if (Array.isArray(value)) {
    const made = value.map((item: Json) => renameKeys(item, sent))
    return made.every((item, index) => item === value[index]) ? value : made
  }
  if (!isJsonObject(value)) return value
  for (const name in value) if (sent.has(name)) return renamed(value, sent)
  let made: Record<string, Json> | undefined
  for (const name in value) {
    const one = value[name]!
    const kept = typeof one === 'object' ? renameKeys(one, sent) : one
    if (kept !== one) {
      made ??= { ...value }
      made[name] = kept
    }
  }
  return made ?? value
}

function renamed(value: JsonObject, sent: ReadonlyMap<string, string>): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [sent.get(name) ?? name, renameKeys(one, sent)]))
}
