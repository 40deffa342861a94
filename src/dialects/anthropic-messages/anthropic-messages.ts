import type { DecodeContext, Dialect } from '../dialect.ts'
import { type DecodedMessages, decodeMessagesRequest, type MessagesOptions } from './decode-request.ts'
import { encodeMessage } from './encode-message.ts'
import { ANTHROPIC_ERRORS } from './error-words.ts'
import { MessageStream } from './stream-writer.ts'

/** Anthropic's Messages API. */
export const anthropicMessages: Dialect<MessagesOptions> = {
  idPrefix: 'msg_',
  errors: ANTHROPIC_ERRORS,
  decode(body, { headers }) {
    const { request, options, warnings, spell } = decodeMessagesRequest(body, { betas: headers['anthropic-beta'] })
    return { requests: [request], count: 1, options, warnings, spell }
  },
  encode: ([completion], head) => encodeMessage(completion!, head),
  stream: (options, head) => new MessageStream(options, head)
}

/** Reads a prompt that shall only be counted: it needs no limit, and is refused for all else that a message is refused for. */
export function countedMessages(body: unknown, headers: DecodeContext['headers']): DecodedMessages {
  return decodeMessagesRequest(body, { betas: headers['anthropic-beta'], isCount: true })
}
