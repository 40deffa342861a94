import { isEmpty, isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { followRef } from './follow-ref.ts'
import { isObjectRoot } from './object-root.ts'
import { isChoiceOfObjects, isObjectNode, SCHEMA_LISTS, SCHEMA_MAPS } from './sanitize-schema.ts'

/** What Bedrock's grammar compiler takes over all schemas of one request; measured by other gateways. */
const MOST_UNIONS = 16
/** Far more than any grammar that has compiled; what is larger is not looked through. */
const MOST_NODES = 2000
const MOST_OPTIONALS = 24

/** Room left for schemas in one request; a schema that fits takes its part. */
export interface SchemaRoom {
  /** Tells whether the schema can be compiled, and reserves its room if so. */
  take(schema: JsonObject): boolean
}

/** Makes the room of one request. */
export function createSchemaRoom(): SchemaRoom {
  let unions = MOST_UNIONS
  let optionals = MOST_OPTIONALS
  return {
    take(schema) {
      if (!isObjectRoot(schema) || hasMoreNodes(schema, MOST_NODES) || !isExpressible(schema) || isRecursive(schema)) return false
      const cost = costOf(schema)
      if (cost.unions > unions || cost.optionals > optionals) return false
      unions -= cost.unions
      optionals -= cost.optionals
      return true
    }
  }
}

function hasMoreNodes(root: JsonObject, most: number): boolean {
  const open: Json[] = [root]
  for (let count = 0; open.length > 0; count++) {
    if (count > most) return true
    const node = open.pop()
    if (isJsonObject(node)) for (const child of children(node)) open.push(child)
  }
  return false
}

/** Open maps would become closed and empty, foreign references and enumerated objects are refused. */
function isExpressible(node: Json): boolean {
  if (Array.isArray(node)) return node.every(isExpressible)
  if (!isJsonObject(node)) return true
  const { additionalProperties, patternProperties, $ref } = node
  if (isJsonObject(additionalProperties) || isJsonObject(patternProperties)) return false
  if (typeof $ref === 'string' && !KEPT_PLACE.test($ref)) return false
  if (isClosedTwice(node)) return false
  if (Array.isArray(node.enum) && node.enum.some((item: Json) => Array.isArray(item) || isJsonObject(item))) return false
  return children(node).every(isExpressible)
}

/** References to where something still stands in the subset. */
const KEPT_PLACE = /^#(?:\/(?:(?:anyOf|allOf|prefixItems)\/\d+|(?:properties|\$defs|definitions)\/[^/]+|items(?:\/\d+)?))+$/

/** Every object is closed: of several that hold for one value, each forbids the members of the others. */
function isClosedTwice(node: JsonObject): boolean {
  const parts = withMembers(node.allOf).length
  const choices = withMembers(node.anyOf ?? node.oneOf).length
  const closes = isObjectNode(node) && !isChoiceOfObjects(node)
  return parts > 1 || (parts > 0 && choices > 0) || (closes && parts + choices > 0)
}

function withMembers(list: Json | undefined): readonly Json[] {
  const nodes: readonly Json[] = Array.isArray(list) ? list : []
  return nodes.filter((node) => isJsonObject(node) && (node.$ref !== undefined || isNamed(node.properties)))
}

function isNamed(properties: Json | undefined): boolean {
  return isJsonObject(properties) && !isEmpty(properties)
}

interface Cost {
  unions: number
  optionals: number
}

function costOf(node: Json, cost: Cost = { unions: 0, optionals: 0 }): Cost {
  if (!isJsonObject(node)) return cost
  const { type, anyOf, oneOf, properties } = node
  if (Array.isArray(type) || Array.isArray(anyOf) || Array.isArray(oneOf)) cost.unions++
  if (isJsonObject(properties)) {
    const required = new Set(Array.isArray(node.required) ? node.required : [])
    for (const name of Object.keys(properties)) if (!required.has(name)) cost.optionals++
  }
  for (const child of children(node)) costOf(child, cost)
  return cost
}

/** References that were followed once without coming back are not followed again: a few of them can make a million paths. */
function isRecursive(root: JsonObject): boolean {
  const entered = new Set<string>()
  const harmless = new Set<string>()
  const visit = (node: Json): boolean => {
    if (!isJsonObject(node)) return false
    const { $ref } = node
    return (typeof $ref === 'string' && leadsBack($ref)) || children(node).some(visit)
  }
  const leadsBack = (ref: string): boolean => {
    if (entered.has(ref)) return true
    if (harmless.has(ref)) return false
    entered.add(ref)
    const found = followRef(root, ref)
    if (found === root || (found !== undefined && visit(found))) return true
    entered.delete(ref)
    harmless.add(ref)
    return false
  }
  return visit(root)
}

const LISTS = [...SCHEMA_LISTS, 'oneOf', 'items']

/** Schemas directly below a node. Definitions count once, where they are referred to or not. */
function children(node: JsonObject): readonly Json[] {
  const all: Json[] = []
  for (const name of LISTS) {
    const list = node[name]
    if (Array.isArray(list)) for (const item of list as readonly Json[]) all.push(item)
  }
  for (const name of SCHEMA_MAPS) {
    const map = node[name]
    if (isJsonObject(map)) for (const key of Object.keys(map)) all.push(map[key]!)
  }
  const { items } = node
  if (items !== undefined && !Array.isArray(items)) all.push(items)
  return all
}
