import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { followRef } from './follow-ref.ts'
import { isObjectNode } from './sanitize-schema.ts'

/** Definitions that are made of one another twice make a million parts of twenty. */
const MOST_PARTS = 1000

/** Tells whether a schema asks for an object: by its type, its properties, or by all that it is composed of or refers to. */
export function isObjectRoot(root: JsonObject): boolean {
  let left = MOST_PARTS
  const entered = new Set<string>()

  function asks(node: Json | undefined): boolean {
    if (!isJsonObject(node) || left-- <= 0) return false
    if (isObjectNode(node)) return true
    if (node.type !== undefined) return false
    const { $ref, allOf, anyOf, oneOf } = node
    return (typeof $ref === 'string' && asksAt($ref)) || partsOf(allOf).some(asks) || [anyOf, oneOf].some(allAsk)
  }

  function allAsk(branches: Json | undefined): boolean {
    const parts = partsOf(branches)
    return parts.length > 0 && parts.every(asks)
  }

  function asksAt(ref: string): boolean {
    if (entered.has(ref)) return false
    entered.add(ref)
    const found = asks(followRef(root, ref))
    entered.delete(ref)
    return found
  }

  return asks(root)
}

function partsOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : []
}
