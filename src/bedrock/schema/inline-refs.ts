import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { followRef } from './follow-ref.ts'
import { mapSchema } from './map-schema.ts'

/** A schema whose references are written in. */
export interface InlinedSchema {
  readonly schema: JsonObject
  /** A definition refers back to itself, or the whole would be too long: somewhere anything is allowed. */
  readonly isCut: boolean
}

/** Definitions that refer to one another twice make a million nodes of twenty. */
const MOST_NODES = 5000
/** And a list of names that is referred to a thousand times makes as many lists. Characters of JSON, beyond what the schema has itself. */
const MOST_COPIED = 200_000
const ANYTHING: JsonObject = {}

/** Writes definitions where they are referred to, for models that read no `$ref` (B14). What stands beside a `$ref` stays. */
export function inlineRefs(root: JsonObject): InlinedSchema {
  if (!hasRef(root)) return { schema: root, isCut: false }
  let left = MOST_NODES
  let isCut = false
  let room = MOST_COPIED
  const lengths = new Map<string, number>()
  const entered = new Set<string>()

  function cut(): JsonObject {
    isCut = true
    return ANYTHING
  }

  function inline(node: Json): Json {
    if (!isJsonObject(node)) return node
    if (left-- <= 0) return cut()
    const { $ref, $defs: _defs, definitions: _definitions, ...own } = node
    const beside = mapSchema(own, inline)
    return typeof $ref === 'string' ? merge(target($ref), beside) : beside
  }

  function target(ref: string): JsonObject {
    if (entered.has(ref)) return cut()
    const found = ref.startsWith('#') ? followRef(root, ref) : undefined
    if (!isJsonObject(found)) return cut()
    const known = lengths.get(ref)
    const length = known ?? JSON.stringify(found).length
    lengths.set(ref, length)
    // The first time it takes the place of the definition.
    if (known !== undefined) room -= length
    if (room < 0) return cut()
    entered.add(ref)
    const inlined = inline(found)
    entered.delete(ref)
    return isJsonObject(inlined) ? inlined : ANYTHING
  }

  return { schema: inline(root) as JsonObject, isCut }
}

function merge(target: JsonObject, beside: JsonObject): JsonObject {
  const merged = { ...target, ...beside }
  if (!isJsonObject(target.properties) || !isJsonObject(beside.properties)) return merged
  const required = [target.required, beside.required].flatMap((names) => (Array.isArray(names) ? (names as readonly Json[]) : []))
  return {
    ...merged,
    properties: { ...target.properties, ...beside.properties },
    ...(required.length === 0 ? {} : { required: [...new Set(required)] })
  }
}

function hasRef(node: Json): boolean {
  if (!isJsonObject(node)) return false
  let found = node.$ref !== undefined || node.$defs !== undefined || node.definitions !== undefined
  if (!found) {
    mapSchema(node, (inner) => {
      found ||= hasRef(inner)
      return inner
    })
  }
  return found
}
