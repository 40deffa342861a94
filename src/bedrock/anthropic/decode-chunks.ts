import { type ByteString, compact } from '../../core/byte-string.ts'
import type { ModelEvent } from '../../core/event.ts'
import { parseExact } from '../../core/exact-json.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { QuickDelta } from '../answer/quick-delta.ts'
import type { AnswerDecoder } from '../codec/chat-codec.ts'
import type { EncodedConverse } from '../converse/encode-request.ts'
import { createQuickReader, type Opening } from '../converse/quick-delta.ts'
import { type Frame, payloadOf } from '../transport/event-stream.ts'
import { type Chunk, chunkOf } from '../transport/frame-label.ts'
import { NativeAnswer } from './native-answer.ts'

/** Makes the decoder of one answer of InvokeModelWithResponseStream. `plan`: the request as Converse has it. */
export function createNativeDecoder(plan: EncodedConverse): AnswerDecoder {
  return new NativeDecoder(plan)
}

/** Every frame is a `chunk`: `{"bytes":"<base64 of an event's JSON>","p":"..."}`. Nearly all are deltas and read the quick way. */
class NativeDecoder implements AnswerDecoder {
  private readonly answer: NativeAnswer
  private readonly readQuick = createQuickReader(nativeOpening)

  constructor(plan: EncodedConverse) {
    this.answer = new NativeAnswer(plan)
  }

  read(frame: Frame, into: ModelEvent[]): void {
    if (frame.name !== 'chunk') return
    const event = eventOf(frame)
    const quick = this.readQuick(event, 0, event.bytes.length)
    const next = quick === undefined ? undefined : this.answer.quick(quick)
    if (next !== undefined) into.push(next)
    else this.answer.take(parseEvent(event), into)
  }

  end(): void {
    this.answer.end()
  }
}

const BYTES = '{"bytes":"'

/** The event inside a frame. Base64 has no character that JSON escapes, so that its end is the next quote. */
function eventOf(frame: Frame): Chunk {
  const { text } = frame.chunk
  const at = frame.start + BYTES.length
  const end = text.slice(frame.start, at) === BYTES ? text.indexOf('"', at) : frame.end
  if (end < frame.end) {
    const base64 = text.slice(at, end)
    if (!base64.includes('\\')) return chunkOf(Buffer.from(base64, 'base64'))
  }
  const payload = parseExact(payloadOf(frame).toString('utf8'))
  if (!isJsonObject(payload) || typeof payload.bytes !== 'string') throw new TypeError('a chunk holds no bytes')
  return chunkOf(Buffer.from(payload.bytes, 'base64'))
}

function parseEvent({ bytes }: Chunk): JsonObject {
  const event = parseExact(bytes.toString('utf8'))
  if (!isJsonObject(event)) throw new TypeError('the event of a chunk is no object')
  return event
}

const OPENING =
  /\{"type":"content_block_delta","index":(\d),"delta":\{"type":"(?:text_delta","text"|thinking_delta","(thinking)"|input_json_delta","(partial_json)"):/y

function nativeOpening(json: ByteString, at: number): Opening | undefined {
  OPENING.lastIndex = at
  const found = OPENING.exec(json)
  if (found === null) return undefined
  const [opening, index, thinking, input] = found
  const kind: QuickDelta['kind'] = input !== undefined ? 'input' : thinking !== undefined ? 'reasoning' : 'text'
  return { text: compact(opening), index: Number(index), kind, braces: 1 }
}
