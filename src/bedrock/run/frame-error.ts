import { isJsonObject } from '../../core/json.ts'
import type { GatewayError, UpstreamAnswer } from '../../errors.ts'
import { awsError } from '../transport/aws-error.ts'
import { type Frame, payloadOf } from '../transport/event-stream.ts'

/** The call that a frame belongs to. */
export interface FrameOrigin {
  /** The model as it was called. */
  readonly model: string
  /** Bedrock's id of the call. */
  readonly requestId: string | undefined
  /** The answer that the frame stands in, for dialects that hand it on. */
  readonly said?: UpstreamAnswer
}

/** What a frame that is no event tells: the exception of the call. */
export function frameError(frame: Frame, { model, requestId, said }: FrameOrigin): GatewayError {
  const message = frame.errorMessage ?? sentenceOf(payloadOf(frame))
  return awsError({
    status: 500,
    type: frame.name,
    model,
    ...(message === undefined ? {} : { message }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(said === undefined ? {} : { said })
  })
}

function sentenceOf(payload: Buffer): string | undefined {
  try {
    const body: unknown = JSON.parse(payload.toString('utf8'))
    return isJsonObject(body) && typeof body.message === 'string' ? body.message : undefined
  } catch {
    return undefined
  }
}
