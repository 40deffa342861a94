import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { stableHash } from '../../core/stable-hash.ts'
import { readStep } from './follow-ref.ts'
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

/**
 * "Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'" (B12). A name is made of the caller's name alone, so
 * that it stays the same from turn to turn, whatever other tools come and go.
 */
export function createPropertyNames(takesAny: boolean): PropertyNames {
  if (takesAny) return AS_THEY_ARE
  const sent = new Map<string, string>()
  const toCaller = new Map<string, string>()

  function nameFor(name: string): string {
    if (ALLOWED.test(name)) return name
    const known = sent.get(name)
    if (known !== undefined) return known
    const plain = name.slice(0, 48).replace(/[^a-zA-Z0-9_.-]/g, '_')
    const made = `${plain}_${stableHash(name).toString(36).padStart(11, '0')}`
    sent.set(name, made)
    toCaller.set(made, name)
    return made
  }

  const names = (value: Json): Json => {
    if (!Array.isArray(value)) return value
    const made = value.map((name: Json) => (typeof name === 'string' ? nameFor(name) : name))
    return made.every((name, index) => name === value[index]) ? value : made
  }

  function keys(value: Json, inner: (name: string, value: Json) => Json = (_name, one) => one): Json {
    if (!isJsonObject(value)) return value
    const entries = Object.entries(value).map(([name, one]) => [nameFor(name), inner(name, one)] as const)
    const isChanged = entries.some(([name, one]) => value[name] !== one)
    return isChanged ? Object.fromEntries(entries) : value
  }

  /** Copied only where something changes. */
  function renameNode(node: Json): Json {
    if (!isJsonObject(node)) return node
    const mapped = mapSchema(node, renameNode)
    let made: Record<string, Json> | undefined
    for (const [name, rename] of RENAMED) {
      const value = mapped[name]
      const kept = value === undefined ? value : rename(value)
      if (kept === undefined || kept === value) continue
      made ??= { ...mapped }
      made[name] = kept
    }
    return made ?? mapped
  }

  const RENAMED: readonly (readonly [name: string, rename: (value: Json) => Json])[] = [
    ['properties', (value) => keys(value, describe)],
    ['dependentSchemas', (value) => keys(value)],
    ['dependentRequired', (value) => keys(value, (_name, one) => names(one))],
    ['required', names],
    ['$ref', (value) => (typeof value === 'string' ? renameRef(value) : value)]
  ]

  /** Steps of a pointer that are names of properties. */
  function renameRef(ref: string): string {
    if (!ref.startsWith('#/') || !ref.includes('properties/')) return ref
    const steps = ref.split('/')
    return steps.map((step, at) => (steps[at - 1] === 'properties' ? nameFor(readStep(step)) : step)).join('/')
  }

  return {
    rename: (schema) => (hasOddName(schema) ? (renameNode(schema) as JsonObject) : schema),
    toBedrock: (value) => (sent.size === 0 ? value : renameKeys(value, sent)),
    toCaller: () => (toCaller.size === 0 ? undefined : toCaller)
  }
}

function describe(name: string, property: Json): Json {
  if (ALLOWED.test(name) || !isJsonObject(property)) return property
  const before = typeof property.description === 'string' ? `${property.description} ` : ''
  return { ...property, description: `${before}(${JSON.stringify(name.slice(0, 200))})` }
}

/** Hardly any schema has one, so that nothing is copied. */
function hasOddName(node: Json): boolean {
  if (Array.isArray(node)) return node.some(hasOddName)
  if (!isJsonObject(node)) return false
  for (const name in node) {
    const value = node[name]!
    if (name === 'properties' && isJsonObject(value) && Object.keys(value).some((key) => !ALLOWED.test(key))) return true
    if (name === 'required' && Array.isArray(value) && value.some((key: Json) => typeof key === 'string' && !ALLOWED.test(key)))
      return true
    if (hasOddName(value)) return true
  }
  return false
}

function renameKeys(value: Json, sent: ReadonlyMap<string, string>): Json {
  if (Array.isArray(value)) return value.map((item: Json) => renameKeys(item, sent))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [sent.get(name) ?? name, renameKeys(one, sent)]))
}
