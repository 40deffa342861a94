import { isRawNumber } from '../../core/exact-json.ts'
import type { Json } from '../../core/json.ts'
import { GatewayError } from '../../errors.ts'

/*
 * Refusals in Anthropic's words. None names its path: the dialect says it before every sentence, as `messages.0.content: Field required`.
 */

/** A required field that is not there. */
export function missing(path: string): GatewayError {
  return new GatewayError('missing_parameter', 'Field required', { param: path })
}

/** A field of the wrong JSON type; `expected` reads like `a valid string`. */
export function wrongType(path: string, expected: string): GatewayError {
  return new GatewayError('invalid_type', `Input should be ${expected}`, { param: path })
}

/** A word outside its enumeration. Only short plain words are quoted back: longer ones may be prompt text. */
export function wrongTag(path: string, known: readonly string[], said: string): GatewayError {
  const quoted = /^[\w.:/-]{1,40}$/.test(said) ? `Input tag '${said}'` : 'Input tag'
  const sentence = `${quoted} does not match any of the expected tags: ${known.map((word) => `'${word}'`).join(', ')}`
  return new GatewayError('invalid_value', sentence, { param: path })
}

/** A number outside its range. */
export function outOfRange(path: string, bound: { readonly min?: number; readonly max?: number }, value: number): GatewayError {
  const wanted =
    bound.min !== undefined && value < bound.min ? `greater than or equal to ${bound.min}` : `less than or equal to ${bound.max}`
  return new GatewayError('invalid_value', `Input should be ${wanted}`, { param: path })
}

/** A list with more items than one request is worth. */
export function tooMany(path: string, most: number, count: number): GatewayError {
  return new GatewayError('array_too_long', `List should have at most ${most} items, not ${count}`, { param: path })
}

/** Any other value that cannot be used; `why` is a whole sentence and quotes nothing of the caller's text. */
export function badValue(path: string, why: string): GatewayError {
  return new GatewayError('invalid_value', why, { param: path })
}

/** Something that Anthropic has and Bedrock has not, and that cannot be left out without changing what is meant. */
export function unsupported(path: string, why: string): GatewayError {
  return new GatewayError('unsupported_parameter', why, { param: path })
}

/** A number, also one whose digits were kept. */
export function plainNumber(value: Json): unknown {
  return isRawNumber(value) ? Number(value.rawJSON) : value
}
