import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { missing, outOfRange, plainNumber, tooMany, wrongTag, wrongType } from './refuse.ts'

/** An object that must be there. */
export function objectAt(value: Json | undefined, path: string): JsonObject {
  if (value === undefined || value === null) throw missing(path)
  if (!isJsonObject(value)) throw wrongType(path, 'a valid dictionary')
  return value
}

/** An object that must be there; an empty list, which PHP writes for an empty object, is one. */
export function dictionaryAt(value: Json | undefined, path: string): JsonObject {
  return Array.isArray(value) && value.length === 0 ? {} : objectAt(value, path)
}

/** A string that must be there; it may be empty. */
export function stringAt(value: Json | undefined, path: string): string {
  if (value === undefined || value === null) throw missing(path)
  if (typeof value !== 'string') throw wrongType(path, 'a valid string')
  return value
}

/** A string that may be absent; `null` is absent. */
export function optionalString(value: Json | undefined, path: string): string | undefined {
  return value === undefined || value === null ? undefined : stringAt(value, path)
}

/** A boolean that may be absent; `null` is absent. */
export function optionalBoolean(value: Json | undefined, path: string): boolean | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'boolean') throw wrongType(path, 'a valid boolean')
  return value
}

/** A number that may be absent; `null` is absent. */
export function optionalNumber(
  value: Json | undefined,
  path: string,
  range: { readonly min?: number; readonly max?: number }
): number | undefined {
  if (value === undefined || value === null) return undefined
  const number = plainNumber(value)
  if (typeof number !== 'number') throw wrongType(path, 'a valid number')
  if (number < (range.min ?? number) || number > (range.max ?? number)) throw outOfRange(path, range, number)
  return number
}

/** A whole number that may be absent; `null` is absent. */
export function optionalInteger(
  value: Json | undefined,
  path: string,
  range: { readonly min?: number; readonly max?: number }
): number | undefined {
  const number = optionalNumber(value, path, range)
  if (number !== undefined && !Number.isInteger(number)) throw wrongType(path, 'a valid integer')
  return number
}

/** An object that may be absent; `null` is absent. */
export function optionalObject(value: Json | undefined, path: string): JsonObject | undefined {
  return value === undefined || value === null ? undefined : objectAt(value, path)
}

/** A list of at most `most` items that may be absent; `null` is absent. */
export function optionalArray(value: Json | undefined, path: string, most: number): readonly Json[] | undefined {
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value)) throw wrongType(path, 'a valid list')
  if (value.length > most) throw tooMany(path, most, value.length)
  return value as readonly Json[]
}

/** One of a few words, or absent. */
export function optionalWord<T extends string>(value: Json | undefined, path: string, words: readonly T[]): T | undefined {
  const said = optionalString(value, path)
  if (said === undefined) return undefined
  const word = words.find((each) => each === said)
  if (word === undefined) throw wrongTag(path, words, said)
  return word
}
