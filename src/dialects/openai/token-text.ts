import type { Json } from '../../core/json.ts'
import { GatewayError } from '../../errors.ts'
import type { DecodeTokens } from '../dialect.ts'
import { wrongType } from './refuse.ts'

/** The text of a list of tokens. Throws a 400 that names `path` when one is no number, or not in the vocabulary. */
export function textOfTokens(tokens: readonly Json[], path: string, decodeTokens: DecodeTokens): string {
  const numbers = tokens.filter((token) => typeof token === 'number')
  if (numbers.length < tokens.length)
    throw wrongType(
      path,
      'an array of tokens',
      tokens.find((token) => typeof token !== 'number')
    )
  try {
    return decodeTokens(numbers)
  } catch (cause) {
    const sentence = `'${path}' holds a token that the cl100k_base vocabulary does not have; send the text itself.`
    throw new GatewayError('invalid_value', sentence, { param: path, cause })
  }
}

/** Stands for the vocabulary where no tokens are given. */
export function noTokens(): never {
  throw new TypeError('the vocabulary is loaded whenever there are tokens')
}
