import { isJsonObject, type Json } from '../../core/json.ts'
import type { GatewayError } from '../../errors.ts'
import { awsError } from '../transport/aws-error.ts'
import { textOf } from './openai-wire.ts'

/** OpenAI's codes for what went wrong inside an answer, as the exceptions of Bedrock that say the same. */
const EXCEPTION: Readonly<Record<string, string>> = {
  rate_limit_exceeded: 'ThrottlingException',
  insufficient_quota: 'ServiceQuotaExceededException',
  server_is_overloaded: 'ServiceUnavailableException',
  server_error: 'InternalServerException',
  context_length_exceeded: 'ValidationException',
  invalid_request_error: 'ValidationException',
  invalid_prompt: 'ValidationException'
}

/** The `error` of an answer that has begun; a code nobody knows is a failure of the model's side. */
export function openaiError(error: Json | undefined, model: string): GatewayError {
  const { code, type, message } = isJsonObject(error) ? error : {}
  const known = [code, type].map(textOf).find((word) => Object.hasOwn(EXCEPTION, word))
  return awsError({
    status: 500,
    type: known === undefined ? 'ModelStreamErrorException' : EXCEPTION[known]!,
    model,
    ...(typeof message === 'string' ? { message } : {})
  })
}
