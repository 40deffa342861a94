import { isRawNumber } from '../../core/exact-json.ts'
import type { Json } from '../../core/json.ts'
import { GatewayError } from '../../errors.ts'

/** Names a JSON value's kind the way OpenAI's sentences do. */
function jsonKind(value: Json | undefined): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a decimal'
  if (isRawNumber(value)) return 'a number'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** A required field that is not there. */
export function missing(path: string): GatewayError {
  return new GatewayError('missing_parameter', `Missing required parameter: '${path}'.`, { param: path })
}

/** A field of the wrong JSON type; `expected` reads like `a string or an array`. */
export function wrongType(path: string, expected: string, value: Json | undefined): GatewayError {
  const sentence = `Invalid type for '${path}': expected ${expected}, but got ${jsonKind(value)} instead.`
  return new GatewayError('invalid_type', sentence, { param: path })
}

/** A value outside its enumeration. Only short plain words are quoted back: longer ones may be prompt text. */
export function wrongChoice(path: string, supported: readonly string[], value: string): GatewayError {
  const said = /^[\w.:/-]{1,40}$/.test(value) ? `Invalid value: '${value}'.` : `Invalid value for '${path}'.`
  return new GatewayError('invalid_value', `${said} Supported values are: ${listed(supported)}.`, { param: path })
}

/** A number outside its range. */
export function outOfRange(path: string, value: number, bound: { readonly min?: number; readonly max?: number }): GatewayError {
  const below = bound.min !== undefined && value < bound.min
  const kind = Number.isInteger(value) ? 'integer' : 'decimal'
  const side = below ? 'below minimum' : 'above maximum'
  const wanted = below ? `>= ${bound.min}` : `<= ${bound.max}`
  const sentence = `Invalid '${path}': ${kind} ${side} value. Expected a value ${wanted}, but got ${value} instead.`
  return new GatewayError('invalid_value', sentence, { param: path })
}

/** A list with more items than one request is worth. */
export function tooMany(path: string, most: number, count: number): GatewayError {
  const sentence = `Invalid '${path}': array too long. Expected an array with maximum length ${most}, but got an array with length ${count} instead.`
  return new GatewayError('array_too_long', sentence, { param: path })
}

/** A list that must hold something. */
export function emptyArray(path: string): GatewayError {
  const sentence = `Invalid '${path}': empty array. Expected an array with minimum length 1, but got an empty array instead.`
  return new GatewayError('empty_array', sentence, { param: path })
}

/** A string with more characters than what it names can have. */
export function tooLong(path: string, most: number, length: number): GatewayError {
  const sentence = `Invalid '${path}': string too long. Expected a string with maximum length ${most}, but got a string with length ${length} instead.`
  return badValue(path, sentence)
}

/** Any other value that cannot be used; `why` is a whole sentence and quotes nothing of the caller's text. */
export function badValue(path: string, why: string): GatewayError {
  return new GatewayError('invalid_value', why, { param: path })
}

function listed(words: readonly string[]): string {
  const quoted = words.map((word) => `'${word}'`)
  if (quoted.length < 3) return quoted.join(' and ')
  return `${quoted.slice(0, -1).join(', ')}, and ${quoted.at(-1)}`
}
