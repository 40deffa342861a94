/** Any JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json
}

/** Tells a JSON object from null, arrays and scalars. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Tells whether an object has no member. */
export function isEmpty(value: object): boolean {
  for (const _name in value) return false
  return true
}

/** Tells whether nothing in the value lies deeper than `levels`: code that walks a value by calling itself is safe only then. */
export function isWithinDepth(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (levels === 0) return false
  if (Array.isArray(value)) {
    for (const item of value) if (!isWithinDepth(item, levels - 1)) return false
    return true
  }
  for (const key in value) if (!isWithinDepth((value as JsonObject)[key], levels - 1)) return false
  return true
}
