import { type ByteString, byteString, compact, jsonBytes } from '../../core/byte-string.ts'
import type { UsageDetails } from '../../core/event.ts'
import type { Json } from '../../core/json.ts'
import { addUsage, NO_USAGE, type Usage } from '../../core/usage.ts'
import type { Head } from '../dialect.ts'
import { frame } from '../openai/frames.ts'
import type { FinishReasonWord } from './completion-body.ts'
import { encodeUsage } from './encode-usage.ts'
import { SYSTEM_FINGERPRINT } from './head.ts'
import type { ChatOptions } from './options.ts'

/**
 * The frames of one choice's stream. What does not change is serialised once; a `literal` of the text is copied. `usage` is null on all
 * chunks but the last when the caller asked for usage. A class, because a gateway holds one for each open answer.
 */
export class ChunkFrames {
  private readonly prefix: ByteString
  private readonly contentPrefix: ByteString
  /** Made with the first piece of reasoning: most answers have none. */
  private reasoningPrefix: ByteString | undefined
  private readonly ends: Ends

  constructor(head: Head, options: ChatOptions, choice: number) {
    this.prefix = `data: ${chunkStart(head, options.serviceTier)}"choices":[{"index":${choice},"delta":`
    this.contentPrefix = compact(`${this.prefix}{"content":`)
    this.ends = options.includeUsage ? WITH_USAGE : WITHOUT_USAGE
  }

  role(): ByteString {
    return this.delta('{"role":"assistant","content":"","refusal":null}')
  }

  delta(json: ByteString): ByteString {
    return this.prefix + json + UNFINISHED + this.ends.chunk
  }

  content(text: string, literal = jsonBytes(text)): ByteString {
    return this.contentPrefix + literal + this.ends.text
  }

  reasoning(text: string, literal = jsonBytes(text)): ByteString {
    this.reasoningPrefix ??= compact(`${this.prefix}{"reasoning_content":`)
    return this.reasoningPrefix + literal + this.ends.text
  }

  finish(reason: FinishReasonWord, extra: Json | undefined): ByteString {
    const fields = extra === undefined ? '' : `,"additional_model_response_fields":${jsonBytes(extra)}`
    return `${this.prefix}{},"logprobs":null,"finish_reason":"${reason}"${fields}}]${this.ends.chunk}`
  }
}

/** What follows the delta of a chunk that is not the last of its choice. */
const UNFINISHED = ',"logprobs":null,"finish_reason":null}]'

/** How a chunk ends, and one of text from behind the text. */
interface Ends {
  readonly chunk: ByteString
  readonly text: ByteString
}

const WITHOUT_USAGE = endings('}\n\n')
const WITH_USAGE = endings(',"usage":null}\n\n')

function endings(chunk: ByteString): Ends {
  return { chunk, text: compact(`}${UNFINISHED}${chunk}`) }
}

function chunkStart({ id, created, model }: Head, serviceTier = 'default'): ByteString {
  const head = {
    id,
    object: 'chat.completion.chunk',
    created,
    model,
    service_tier: serviceTier,
    system_fingerprint: SYSTEM_FINGERPRINT
  }
  return byteString(`${JSON.stringify(head).slice(0, -1)},`)
}

/** What one choice cost; undefined as long as Bedrock has not told. */
export type ChoiceCost = { readonly usage: Usage; readonly details: UsageDetails } | undefined

/**
 * The chunk that carries the usage of all choices, summed: without choices, after every finish. Empty unless the caller
 * asked for it. Never on a chunk with choices: AutoGen reads no finish reason there, openai-node loses the usage.
 */
export function usageFrame(head: Head, options: ChatOptions, choices: readonly { cost(): ChoiceCost }[]): ByteString {
  if (!options.includeUsage) return ''
  const usage = encodeUsage(choices.map((choice) => choice.cost()?.usage ?? NO_USAGE).reduce(addUsage, NO_USAGE))
  const details = choices[0]?.cost()?.details
  const traced = details?.trace === undefined ? '' : `,"bedrock_trace":${jsonBytes(details.trace)}`
  const start = chunkStart(head, details?.serviceTier ?? options.serviceTier)
  return frame(`${start}"choices":[],"usage":${JSON.stringify(usage)}${traced}}`)
}
