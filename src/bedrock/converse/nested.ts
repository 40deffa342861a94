import type { Json, JsonObject } from '../../core/json.ts'

/** Puts a value under a path with dots: `reasoning.effort` gives `{reasoning: {effort: value}}`. */
export function nested(path: string, value: Json): JsonObject {
  return path.split('.').reduceRight<Json>((inner, name) => ({ [name]: inner }), value) as JsonObject
}
