import type { ByteString } from '../../core/byte-string.ts'
import type { EventBatch } from '../../core/event.ts'
import { isJsonObject } from '../../core/json.ts'
import type { GatewayError } from '../../errors.ts'
import { asksCost } from '../asks-cost.ts'
import type { ConversationStream, Dialect, Head } from '../dialect.ts'
import { encodeErrorFrame } from '../openai/encode-error.ts'
import { OPENAI_ERRORS } from '../openai/error-words.ts'
import { DONE_FRAME, PING_FRAME } from '../openai/frames.ts'
import { noTokens } from '../openai/token-text.ts'
import { promptHoldsTokens } from './decode-prompt.ts'
import { type CompletionOptions, decodeCompletionRequest } from './decode-request.ts'
import { encodeTextCompletion } from './encode-completion.ts'
import { createTextStreamEncoder, type TextStreamEncoder, textUsageFrame } from './encode-stream.ts'

/** OpenAI's endpoint from before chat: each prompt is a conversation of one user turn. */
export const openaiCompletions: Dialect<CompletionOptions> = {
  idPrefix: 'cmpl-',
  errors: OPENAI_ERRORS,
  async decode(body, { headers, vocabulary }) {
    const given = isJsonObject(body) ? body : {}
    const prompt = given.prompt ?? (isJsonObject(given.extra_body) ? given.extra_body.prompt : undefined)
    const decodeTokens = promptHoldsTokens(prompt) ? await vocabulary() : noTokens
    const decoded = decodeCompletionRequest(body, decodeTokens)
    const options = asksCost(headers) ? { ...decoded.options, includeUsage: true } : decoded.options
    return { ...decoded, options, count: options.count }
  },
  encode: encodeTextCompletion,
  stream: (options, head, choices) => new TextStream(options, head, choices)
}

class TextStream implements ConversationStream {
  private readonly options: CompletionOptions
  private readonly head: Head
  private readonly encoders: readonly TextStreamEncoder[]

  constructor(options: CompletionOptions, head: Head, choices: number) {
    this.options = options
    this.head = head
    this.encoders = Array.from({ length: choices }, (_, choice) => createTextStreamEncoder(head, options, choice))
  }

  batch(choice: number, events: EventBatch): ByteString {
    return this.encoders[choice]!.batch(events)
  }

  failure(choice: number): GatewayError | undefined {
    return this.encoders[choice]!.failure()
  }

  end(): ByteString {
    return textUsageFrame(this.head, this.options, this.encoders) + DONE_FRAME
  }

  fail(error: GatewayError, param: string | null): ByteString {
    return encodeErrorFrame(error, param)
  }

  heartbeat(): ByteString {
    return PING_FRAME
  }
}
