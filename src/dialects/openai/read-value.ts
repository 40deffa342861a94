import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { missing, tooLong, tooMany, wrongChoice, wrongType } from './refuse.ts'

/** An object that must be there. */
export function objectAt(value: Json | undefined, path: string): JsonObject {
  if (value === undefined || value === null) throw missing(path)
  if (!isJsonObject(value)) throw wrongType(path, 'an object', value)
  return value
}

/** A string that must be there; it may be empty. */
export function stringAt(value: Json | undefined, path: string): string {
  if (value === undefined || value === null) throw missing(path)
  if (typeof value !== 'string') throw wrongType(path, 'a string', value)
  return value
}

/** A string that may be absent; `null` is absent. */
export function optionalString(value: Json | undefined, path: string): string | undefined {
  return value === undefined || value === null ? undefined : stringAt(value, path)
}

/** A string that may be absent, of at most `most` characters: names, ids and addresses are no place for megabytes. */
export function shortString(value: Json | undefined, path: string, most: number): string | undefined {
  const said = optionalString(value, path)
  if (said !== undefined && said.length > most) throw tooLong(path, most, said.length)
  return said
}

/** A boolean that may be absent; `null` is absent. */
export function optionalBoolean(value: Json | undefined, path: string): boolean | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'boolean') throw wrongType(path, 'a boolean', value)
  return value
}

/** A whole number that may be absent; `null` is absent. */
export function optionalInteger(value: Json | undefined, path: string): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number' || !Number.isInteger(value)) throw wrongType(path, 'an integer', value)
  return value
}

/** An object that may be absent; `null` is absent. */
export function optionalObject(value: Json | undefined, path: string): JsonObject | undefined {
  return value === undefined || value === null ? undefined : objectAt(value, path)
}

/** An array that may be absent; `null` is absent. */
export function optionalArray(value: Json | undefined, path: string): readonly Json[] | undefined {
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value)) throw wrongType(path, 'an array', value)
  return value
}

/** Refuses a list of more than `most` items before any of them is looked at. */
export function atMost<T>(list: readonly T[], most: number, path: string): readonly T[] {
  if (list.length > most) throw tooMany(path, most, list.length)
  return list
}

/** One of a few words, or absent. */
export function optionalChoice<T extends string>(value: Json | undefined, path: string, words: readonly T[]): T | undefined {
  const said = optionalString(value, path)
  if (said === undefined) return undefined
  const word = words.find((each) => each === said)
  if (word === undefined) throw wrongChoice(path, words, said)
  return word
}
