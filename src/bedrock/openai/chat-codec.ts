import type { ChatCodec } from '../codec/chat-codec.ts'
import { parseAnswer } from '../codec/parse-answer.ts'
import { readOmission } from '../converse/read-omission.ts'
import { ChatAnswer, decodeChat } from './chat-answer.ts'
import { type EncodedOpenai, encodeOpenai, surfacePath } from './encode-openai.ts'
import { renderChat } from './render-chat.ts'

/** Bedrock's own Chat Completions: for open models that Converse serves worse, or not at all. */
export const chatCodec: ChatCodec<EncodedOpenai> = {
  framing: 'sse',
  encode: (input) => encodeOpenai(input, renderChat),
  call: ({ at }) => surfacePath(at, 'chat/completions'),
  decoder: ({ plan, model }) => new ChatAnswer(plan.context, model),
  decodeWhole: (text, { plan, model }) => decodeChat(parseAnswer(text), plan.context, model),
  readOmission: (error, { plan }, tried) => readOmission(error, plan, tried)
}
