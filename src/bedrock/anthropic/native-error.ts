import { isJsonObject, type Json } from '../../core/json.ts'
import type { GatewayError } from '../../errors.ts'
import { awsError } from '../transport/aws-error.ts'

/** Anthropic's words for what went wrong inside an answer, as the exceptions of Bedrock that say the same. */
const EXCEPTION: Readonly<Record<string, string>> = {
  overloaded_error: 'ServiceUnavailableException',
  rate_limit_error: 'ThrottlingException',
  timeout_error: 'ModelTimeoutException',
  invalid_request_error: 'ValidationException',
  api_error: 'InternalServerException'
}

/** The `error` of an event inside the stream; a type nobody knows is a failure of the model's side. */
export function nativeError(error: Json | undefined): GatewayError {
  const { type, message } = isJsonObject(error) ? error : {}
  const known = typeof type === 'string' && Object.hasOwn(EXCEPTION, type) ? EXCEPTION[type] : undefined
  return awsError({
    status: 500,
    type: known ?? 'ModelStreamErrorException',
    model: 'Claude',
    ...(typeof message === 'string' ? { message } : {})
  })
}
