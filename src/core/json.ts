import { isRawNumber } from './exact-json.ts'

/** Any JSON value. A number whose digits would be lost as a double may be a raw one: see `exact-json.ts`. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json
}

/** Tells a JSON object from null, arrays and scalars, raw numbers among them. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawNumber(value)
}

/** Tells whether an object has no member. */
export function isEmpty(value: object): boolean {
  for (const _name in value) return false
  return true
}

/** Tells whether nothing in the value lies deeper than `levels`: code that walks a value by calling itself is safe only then. */
export function isWithinDepth(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null || isRawNumber(value)) return true
  if (levels === 0) return false
  if (Array.isArray(value)) {
    for (const item of value) if (!isWithinDepth(item, levels - 1)) return false
    return true
  }
  for (const key in value) if (!isWithinDepth((value as JsonObject)[key], levels - 1)) return false
  return true
}

/**
 * A value as JSON whose every string is Unicode: half a surrogate pair, as text cut by UTF-16 units leaves it, becomes U+FFFD. `JSON.stringify`
 * keeps halves as escapes, and strict readers refuse the whole text for one: "not valid JSON: no low surrogate in string"
 * (claude-code#3277, 2025-07). Pairs written as escapes stay as they are.
 */
export function toJson(value: unknown): string {
  const json = JSON.stringify(value)
  return json.includes('\\ud') || json.includes('\\uD') ? json.replace(ESCAPE, wholeEscape) : json
}

/** Any escape of a JSON text, so that `\\ud83d`, a backslash and four letters, is not taken for one; a pair is one. */
const ESCAPE = /\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u[\da-fA-F]{4}|[^u])/g
const HALF = /^\\ud[89a-f]..$/i

function wholeEscape(escaped: string): string {
  return HALF.test(escaped) ? '\\ufffd' : escaped
}
