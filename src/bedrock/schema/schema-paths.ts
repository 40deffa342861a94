import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { followRef } from './follow-ref.ts'

/** Keywords that try a value against several schemas, whatever the others said. */
const CHOICES = new Set(['anyOf', 'oneOf', 'allOf', 'not', 'if', 'then', 'else', 'contains', 'dependentSchemas'])
const MOST_PATHS = 10_000

/**
 * Tells whether checking a value can take longer than its size says: definitions that refer to one another twice make a
 * million paths out of twenty, and a choice between two ways back doubles the work with every level of the value.
 */
export function multiplies(root: JsonObject): boolean {
  const known = new Map<string, number>()
  const entered = new Set<string>()
  let waysBack = 0

  function paths(node: Json, inChoice: boolean): number {
    if (Array.isArray(node)) return node.reduce((sum: number, item: Json) => sum + paths(item, inChoice), 0)
    if (!isJsonObject(node)) return 0
    return Object.entries(node).reduce((sum, [name, value]) => {
      if (name === '$ref' && typeof value === 'string') return sum + refPaths(value, inChoice)
      return name === '$defs' || name === 'definitions' ? sum : sum + paths(value, inChoice || CHOICES.has(name))
    }, 1)
  }

  function refPaths(ref: string, inChoice: boolean): number {
    const key = `${inChoice} ${ref}`
    const found = known.get(key)
    if (found !== undefined) return found
    if (entered.has(ref)) {
      if (inChoice) waysBack++
      return 1
    }
    entered.add(ref)
    const count = paths(followRef(root, ref) ?? null, inChoice)
    entered.delete(ref)
    known.set(key, count)
    return count
  }

  return paths(root, false) > MOST_PATHS || waysBack > 1
}
