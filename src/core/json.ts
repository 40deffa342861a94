import { isRawNumber, type RawNumber } from './exact-json.ts'

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

/** The member of an object; undefined where the value is none, or has no such member. */
export function member(value: Json | undefined, name: string): Json | undefined {
  return isJsonObject(value) ? value[name] : undefined
}

/** The entries of a list that are objects; anything but a list has none. */
export function objects(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter((item: Json) => isJsonObject(item)) : []
}

/** Tells whether two values say the same, in whatever order their members stand. They must not be deeper than code that calls itself may go. */
export function isSameJson(one: Json | undefined, other: Json | undefined): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item: Json, index) => isSameJson(item, other[index]))
  }
  if (!isJsonObject(one) || !isJsonObject(other)) return one === other || (isRawNumber(one) && isSameNumber(one, other))
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every((name) => isSameJson(one[name], other[name]))
}

function isSameNumber(one: RawNumber, other: unknown): boolean {
  return isRawNumber(other) && one.rawJSON === other.rawJSON
}

/**
 * A value as JSON whose every string is Unicode: half a surrogate pair, as text cut by UTF-16 units leaves it, becomes U+FFFD. `JSON.stringify`
 * keeps halves as escapes, and strict readers refuse the whole text for one: "not valid JSON: no low surrogate in string"
 * (claude-code#3277, 2025-07). Pairs written as escapes stay as they are.
 */
export function toJson(value: unknown): string {
  const json = JSON.stringify(value)
  // The engine writes halves in small letters; who calls this for each answer pays for one search.
  return json.includes('\\ud') ? json.replace(HALF, '\\ufffd') : json
}

const LONG_TEXT = 100_000
const ESCAPE_OF_HALF = /\\u[dD]/

/** Whether a JSON text may hold half a surrogate pair as an escape; whole pairs written as escapes look alike here. */
export function mayHoldHalves(json: string): boolean {
  // A search stops at each backslash, of which a long text may have millions.
  if (json.length > LONG_TEXT) return ESCAPE_OF_HALF.test(json)
  return json.includes('\\ud') || json.includes('\\uD')
}

// Matched natively and without a function for each escape, of which a text may have millions. An even number of backslashes before it
// makes `\ud83d` an escape: after an odd number it is the four letters behind a backslash.
const HALF =
  /(?<=(?<!\\)(?:\\\\)*)\\u(?:d[89ab][\da-f]{2}(?!\\ud[c-f])|d[c-f][\da-f]{2}(?<!(?<!\\)(?:\\\\)*\\ud[89ab][\da-f]{2}\\u[\da-f]{4}))/gi

/**
 * Makes every string of a value that was just parsed Unicode, in place, as `toJson` does when it is written: of millions of halves the
 * writing takes seconds, and this takes none. The value must not be deeper than code that calls itself may go.
 */
export function mendStrings(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  const members = value as Record<string, unknown>
  for (const name of Object.keys(members)) {
    const member = members[name]
    const whole = typeof member === 'string' && !member.isWellFormed() ? member.toWellFormed() : member
    if (whole !== member) members[name] = whole
    else mendStrings(member)
    if (name.isWellFormed()) continue
    delete members[name]
    members[name.toWellFormed()] = whole
  }
}

/** Lays `over` on `under`; objects are merged member by member, anything else is replaced. */
export function mergeDeep(under: JsonObject, over: JsonObject): JsonObject {
  if (isEmpty(over)) return under
  if (isEmpty(under)) return over
  const merged = new Map(Object.entries(under))
  for (const [name, value] of Object.entries(over)) {
    const below = merged.get(name)
    merged.set(name, isJsonObject(below) && isJsonObject(value) ? mergeDeep(below, value) : value)
  }
  return Object.fromEntries(merged)
}
