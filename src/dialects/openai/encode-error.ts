import { type ByteString, jsonBytes } from '../../core/byte-string.ts'
import { ERROR_KINDS, type GatewayError } from '../../errors.ts'

export interface ErrorBody {
  readonly error: {
    readonly message: string
    readonly type: string
    readonly param: string | null
    readonly code: string | null
  }
}

/** An error as OpenAI's clients read it: all four fields, always. */
export function encodeError(error: GatewayError): ErrorBody {
  const { type, code } = ERROR_KINDS[error.kind]
  return { error: { message: error.message, type, param: error.param, code } }
}

/**
 * The error as the last frame of a broken stream; nothing may follow it, not even `[DONE]`.
 * `error` is an object: openai-python shows a string error only as "An error occurred during streaming".
 */
export function encodeErrorFrame(error: GatewayError): ByteString {
  return `data: ${jsonBytes(encodeError(error))}\n\n`
}
