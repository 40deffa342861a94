import type { ByteString } from '../../core/byte-string.ts'
import type { EventBatch } from '../../core/event.ts'
import type { GatewayError } from '../../errors.ts'
import { asksCost } from '../asks-cost.ts'
import type { ConversationStream, Dialect, Head } from '../dialect.ts'
import { encodeErrorFrame } from '../openai/encode-error.ts'
import { OPENAI_ERRORS } from '../openai/error-words.ts'
import { DONE_FRAME, PING_FRAME } from '../openai/frames.ts'
import { decodeGuardrailHeaders } from './decode-guardrail.ts'
import { decodeChatRequest } from './decode-request.ts'
import { encodeChatCompletion } from './encode-completion.ts'
import { type ChatStreamEncoder, createChatStreamEncoders, usageFrame } from './encode-stream.ts'
import type { ChatOptions } from './options.ts'
import { ChatBody } from './schema.ts'

/** OpenAI's Chat Completions. */
export const openaiChat: Dialect<ChatOptions> = {
  idPrefix: 'chatcmpl-',
  schema: ChatBody,
  errors: OPENAI_ERRORS,
  decode(body, { headers, reasoningFormat }) {
    const guardrail = decodeGuardrailHeaders(headers)
    const defaults = guardrail === undefined ? { reasoningFormat } : { reasoningFormat, guardrail }
    const { request, options, warnings, spell } = decodeChatRequest(body as ChatBody, defaults)
    const shown = asksCost(headers) ? { ...options, includeUsage: true } : options
    return { requests: [request], count: options.count, options: shown, warnings, spell }
  },
  encode: encodeChatCompletion,
  stream: (options, head, choices) => new ChatStream(options, head, choices)
}

/** A class, because a gateway holds one for each open answer. */
class ChatStream implements ConversationStream {
  private readonly options: ChatOptions
  private readonly head: Head
  private readonly encoders: readonly ChatStreamEncoder[]

  constructor(options: ChatOptions, head: Head, choices: number) {
    this.options = options
    this.head = head
    this.encoders = createChatStreamEncoders(head, options, choices)
  }

  batch(choice: number, events: EventBatch): ByteString {
    return this.encoders[choice]!.batch(events)
  }

  failure(choice: number): GatewayError | undefined {
    return this.encoders[choice]!.failure()
  }

  end(): ByteString {
    return usageFrame(this.head, this.options, this.encoders) + DONE_FRAME
  }

  fail(error: GatewayError, param: string | null): ByteString {
    return encodeErrorFrame(error, param)
  }

  heartbeat(): ByteString {
    return PING_FRAME
  }
}
