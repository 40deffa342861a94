import type { ChatCodec } from '../codec/chat-codec.ts'
import { parseAnswer } from '../codec/parse-answer.ts'
import { readOmission } from '../converse/read-omission.ts'
import { decodeResponse } from './decode-response.ts'
import { type EncodedOpenai, surfacePath } from './encode-openai.ts'
import { ResponsesAnswer } from './responses-answer.ts'
import { encodeResponses } from './same-language.ts'

/** Bedrock's own Responses API: for OpenAI's models that Converse does not have, or has less of. */
export const responsesCodec: ChatCodec<EncodedOpenai> = {
  framing: 'sse',
  encode: encodeResponses,
  call: ({ at }) => surfacePath(at, 'responses'),
  decoder: ({ plan, model }) => new ResponsesAnswer(plan.context, model),
  decodeWhole: (text, { plan, model }) => decodeResponse(parseAnswer(text), plan.context, model),
  readOmission: (error, { plan }, tried) => readOmission(error, plan, tried)
}
