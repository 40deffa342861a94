import { type ByteString, byteString, compact, jsonBytes } from '../../core/byte-string.ts'
import type { EventBatch, FinishDetails, FinishReason } from '../../core/event.ts'
import { NO_USAGE, type Usage } from '../../core/usage.ts'
import type { GatewayError } from '../../errors.ts'
import type { Head } from '../dialect.ts'
import { malformedAnswer } from '../openai/malformed-answer.ts'
import type { CompletionOptions } from './decode-request.ts'
import { echoOf, encodeCompletionUsage, FINISH_WORD } from './encode-completion.ts'

/** Writes one choice of a streamed legacy completion. Synchronous: a batch of events in, whole frames out. */
export interface TextStreamEncoder {
  batch(events: EventBatch): ByteString
  /** What the answer cost; nothing as long as Bedrock has not told. */
  usage(): Usage
  /** Why the choice has no end that its caller could take for one, once all of its events are written. */
  failure(): GatewayError | undefined
}

/** Makes the encoder of one choice. What does not change is serialised once. */
export function createTextStreamEncoder(head: Head, options: CompletionOptions, choice = 0): TextStreamEncoder {
  const prefix = compact(`data: ${chunkStart(head)},"choices":[{"index":${choice},"logprobs":null,"text":`)
  const end = options.includeUsage ? '],"usage":null}\n\n' : ']}\n\n'
  const chunk = (text: string, reason: string, literal = jsonBytes(text)) =>
    `${prefix}${literal},"finish_reason":${reason}}${end}`
  let echo = echoOf(options, choice)
  let usage = NO_USAGE
  let failure: GatewayError | undefined

  function finish(reason: FinishReason, details: FinishDetails): ByteString {
    const word = FINISH_WORD[reason]
    if (word !== undefined) return chunk('', `"${word}"`)
    failure = malformedAnswer(details)
    return ''
  }

  return {
    batch(events) {
      let out = echo === '' ? '' : chunk(echo, 'null')
      echo = ''
      for (const event of events) {
        if (event.type === 'text' && event.text !== '') out += chunk(event.text, 'null', event.literal)
        else if (event.type === 'usage') usage = event.usage
        else if (event.type === 'finish') out += finish(event.reason, event.details)
      }
      return out
    },
    usage: () => usage,
    failure: () => failure
  }
}

/** The chunk with the usage of all choices, after every finish. Empty unless the caller asked for it. */
export function textUsageFrame(head: Head, options: CompletionOptions, choices: readonly TextStreamEncoder[]): ByteString {
  if (!options.includeUsage) return ''
  const usage = encodeCompletionUsage(choices.map((choice) => choice.usage()))
  return `data: ${chunkStart(head)},"choices":[],"usage":${JSON.stringify(usage)}}\n\n`
}

function chunkStart({ id, created, model }: Head): ByteString {
  return byteString(JSON.stringify({ id, object: 'text_completion', created, model }).slice(0, -1))
}
