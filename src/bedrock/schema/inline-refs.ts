import { isJsonObject, isSameJson, type Json, type JsonObject } from '../../core/json.ts'
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
/** Nova refuses the definitions as such: "extraneous key [definitions] is not permitted" (B14); `$schema` says nothing to a model. */
const REPLACED = ['$ref', '$defs', 'definitions', '$schema']

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
    const { $ref, $defs: _defs, definitions: _definitions, $schema: _schema, ...own } = node
    const beside = mapSchema(own, inline)
    if ($ref === undefined || $ref === null) return beside
    return merge(typeof $ref === 'string' ? target($ref) : cut(), beside)
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

/** What asks nothing of values: what stands beside a reference is said of this one place. */
const NOTES = new Set(['title', 'description', 'default', 'examples', 'deprecated', 'readOnly', 'writeOnly', '$comment'])

/** Both hold. Where they say different things under one keyword, they stand side by side. */
function merge(target: JsonObject, beside: JsonObject): JsonObject {
  const properties = mergeProperties(target.properties, beside.properties)
  const isClear = Object.keys(beside).every(
    (name) =>
      NOTES.has(name) || name === 'required' || (name === 'properties' ? properties !== undefined : agrees(target, beside, name))
  )
  if (!isClear) return { ...pickNotes(target), ...pickNotes(beside), allOf: [target, beside] }
  const required = [target.required, beside.required].flatMap((names) => (Array.isArray(names) ? (names as readonly Json[]) : []))
  return {
    ...target,
    ...beside,
    ...(properties === undefined ? {} : { properties }),
    ...(required.length === 0 ? {} : { required: [...new Set(required)] })
  }
}

function agrees(target: JsonObject, beside: JsonObject, name: string): boolean {
  return target[name] === undefined || isSameJson(target[name], beside[name])
}

/** Undefined where one name is two things. */
function mergeProperties(target: Json | undefined, beside: Json | undefined): JsonObject | undefined {
  const [one, other] = [isJsonObject(target) ? target : {}, isJsonObject(beside) ? beside : {}]
  const isClear = Object.keys(other).every((name) => !Object.hasOwn(one, name) || isSameJson(one[name], other[name]))
  return isClear && (isJsonObject(target) || isJsonObject(beside)) ? { ...one, ...other } : undefined
}

function pickNotes(schema: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => NOTES.has(name)))
}

function hasRef(node: Json): boolean {
  if (!isJsonObject(node)) return false
  let found = REPLACED.some((name) => node[name] !== undefined)
  if (!found) {
    mapSchema(node, (inner) => {
      found ||= hasRef(inner)
      return inner
    })
  }
  return found
}
