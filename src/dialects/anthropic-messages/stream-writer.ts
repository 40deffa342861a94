import { type ByteString, compact, jsonBytes } from '../../core/byte-string.ts'
import type { EventBatch, FinishDetails, FinishReason, ModelEvent } from '../../core/event.ts'
import { unreachable } from '../../core/unreachable.ts'
import { NO_USAGE, type Usage } from '../../core/usage.ts'
import type { GatewayError } from '../../errors.ts'
import type { ConversationStream, Head } from '../dialect.ts'
import { malformedAnswer } from '../openai/malformed-answer.ts'
import type { MessagesOptions } from './decode-request.ts'
import { encodeCitation } from './encode-citation.ts'
import { encodeUsage } from './encode-usage.ts'
import { encodeError } from './error-words.ts'
import { REFUSED, STOP_REASONS } from './finish-reason.ts'

type BlockKind = 'text' | 'thinking' | 'redacted' | 'tool'

/** What a block begins as. */
const STARTS = {
  text: '{"type":"text","text":""}',
  thinking: '{"type":"thinking","thinking":"","signature":""}'
} as const

const PING = 'event: ping\ndata: {"type":"ping"}\n\n'
const STOP = 'event: message_stop\ndata: {"type":"message_stop"}\n\n'
const END = '}}\n\n'

/**
 * The stream of one answer in Anthropic's events. Blocks are numbered from 0 without gaps, and each ends before the next begins; the
 * message's end waits for the token counts. A class, because a gateway holds one for each open answer.
 */
export class MessageStream implements ConversationStream {
  private readonly head: Head
  private readonly options: MessagesOptions
  private started = false
  /** The number of the block that is open, or of the next one. */
  private index = 0
  private kind: BlockKind | undefined
  /** What stands before the piece of a delta of the open block; made with its first piece. */
  private prefix: ByteString = ''
  /** A signature or encrypted reasoning: it goes out whole, with the end of its block. */
  private sealed = ''
  private finish: { readonly reason: FinishReason; readonly details: FinishDetails } | undefined
  private cost: Extract<ModelEvent, { type: 'usage' }> | undefined

  constructor(options: MessagesOptions, head: Head) {
    this.options = options
    this.head = head
  }

  batch(_choice: number, events: EventBatch): ByteString {
    let out = ''
    for (const event of events) out += this.write(event)
    return out
  }

  failure(): GatewayError | undefined {
    const { finish } = this
    return finish !== undefined && STOP_REASONS[finish.reason] === undefined ? malformedAnswer(finish.details) : undefined
  }

  end(): ByteString {
    const { reason, details } = this.finish ?? { reason: 'end' as const, details: { raw: '' } }
    const word = STOP_REASONS[reason] ?? 'end_turn'
    const delta = {
      stop_reason: word,
      stop_sequence: word === 'stop_sequence' ? (details.stopSequence ?? null) : null,
      ...(word === 'refusal' ? { stop_details: REFUSED } : {})
    }
    const { service_tier: _, ...usage } = encodeUsage(this.cost?.usage ?? NO_USAGE, this.cost?.details ?? {})
    return `${this.begin()}${this.close()}${event('message_delta', { type: 'message_delta', delta, usage })}${STOP}`
  }

  fail(error: GatewayError, param: string | null, requestId: string): ByteString {
    return event('error', encodeError(error, param, requestId))
  }

  heartbeat(): ByteString {
    return PING
  }

  private write(one: ModelEvent): ByteString {
    switch (one.type) {
      case 'text':
        return this.piece('text', one.text, one.literal)
      case 'reasoning':
        return this.piece('thinking', one.text, one.literal)
      case 'tool-input':
        return this.piece('tool', one.json, one.literal)
      case 'tool-start':
        return this.open('tool', `{"type":"tool_use","id":${jsonBytes(one.id)},"name":${jsonBytes(one.name)},"input":{}}`)
      case 'reasoning-signature':
        return this.seal('thinking', one.signature)
      case 'reasoning-redacted':
        return this.seal('redacted', one.data)
      case 'citation':
        return this.cite({ type: 'citations_delta', citation: encodeCitation(one.citation) })
      case 'block-end':
        return this.close()
      case 'start':
        return this.begin(one.usage)
      case 'finish':
        this.finish = one
        return this.close()
      case 'usage':
        this.cost = one
        return ''
      default:
        return unreachable(one)
    }
  }

  private piece(kind: 'text' | 'thinking' | 'tool', text: string, literal: ByteString | undefined): ByteString {
    if (this.kind === kind && this.prefix !== '') return this.prefix + (literal ?? jsonBytes(text)) + END
    if (text === '') return ''
    const opening = kind === 'tool' || this.kind === kind ? '' : this.open(kind, STARTS[kind])
    this.prefix = compact(`${this.deltaStart()}${PIECES[kind]}`)
    return opening + this.prefix + (literal ?? jsonBytes(text)) + END
  }

  private seal(kind: 'thinking' | 'redacted', data: string): ByteString {
    const opening = this.kind === kind ? '' : kind === 'thinking' ? this.open(kind, STARTS.thinking) : this.close()
    this.kind = kind
    this.sealed += data
    return opening
  }

  private cite(delta: object): ByteString {
    const opening = this.kind === 'text' ? '' : this.open('text', STARTS.text)
    return `${opening}${this.deltaStart()}${jsonBytes(delta)}}\n\n`
  }

  private deltaStart(): ByteString {
    return `event: content_block_delta\ndata: {"type":"content_block_delta","index":${this.index},"delta":`
  }

  private open(kind: BlockKind, block: ByteString): ByteString {
    const closing = this.begin() + this.close()
    this.kind = kind
    return `${closing}${this.blockStart(block)}`
  }

  private blockStart(block: ByteString): ByteString {
    return `event: content_block_start\ndata: {"type":"content_block_start","index":${this.index},"content_block":${block}}\n\n`
  }

  /** Ends the open block, with what it has kept until now. */
  private close(): ByteString {
    const { kind, sealed } = this
    if (kind === undefined) return ''
    this.kind = undefined
    this.prefix = ''
    this.sealed = ''
    const last =
      kind === 'redacted'
        ? this.blockStart(`{"type":"redacted_thinking","data":${jsonBytes(sealed)}}`)
        : sealed === ''
          ? ''
          : `${this.deltaStart()}{"type":"signature_delta","signature":${jsonBytes(sealed)}}}\n\n`
    const stop = `event: content_block_stop\ndata: {"type":"content_block_stop","index":${this.index}}\n\n`
    this.index++
    return last + stop
  }

  /** The message's beginning, once. Its counts are an estimate where the provider tells them only at the end. */
  private begin(told?: Usage): ByteString {
    if (this.started) return ''
    this.started = true
    const { id, model } = this.head
    const usage = encodeUsage(told ?? { ...NO_USAGE, inputTokens: this.options.inputTokens }, {})
    const message = {
      id,
      type: 'message',
      role: 'assistant',
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage
    }
    return event('message_start', { type: 'message_start', message })
  }
}

/** What stands before a piece of text, by the kind of its block. */
const PIECES = {
  text: '{"type":"text_delta","text":',
  thinking: '{"type":"thinking_delta","thinking":',
  tool: '{"type":"input_json_delta","partial_json":'
} as const

function event(name: string, data: object): ByteString {
  return `event: ${name}\ndata: ${jsonBytes(data)}\n\n`
}
