import type { ModelEvent } from '../../core/event.ts'
import { parseExact } from '../../core/exact-json.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { AnswerContext } from '../answer/answer-context.ts'
import type { AnswerDecoder, ChatCodec } from '../codec/chat-codec.ts'
import { parseAnswer } from '../codec/parse-answer.ts'
import { type Frame, payloadOf } from '../transport/event-stream.ts'
import { modelPath } from '../transport/transport.ts'
import { createEventDecoder } from './decode-events.ts'
import { decodeConverseResponse } from './decode-response.ts'
import { type EncodedConverse, encodeConverseRequest } from './encode-request.ts'
import { createQuickReader, quickPayload } from './quick-delta.ts'
import { readOmission } from './read-omission.ts'

/** The wire that every model has which converses. */
export const converseCodec: ChatCodec<EncodedConverse> = {
  framing: 'event-stream',
  encode: encodeConverseRequest,
  call: ({ streaming }, { id }) => ({ path: modelPath(id, streaming ? 'converse-stream' : 'converse') }),
  decoder: ({ context }) => createConverseDecoder(context),
  decodeWhole: (text, { context }) => decodeConverseResponse(parseAnswer(text), context),
  readOmission
}

/** Makes the decoder of one ConverseStream answer. */
export function createConverseDecoder(context: AnswerContext): AnswerDecoder {
  return new ConverseDecoder(context)
}

/** Nearly every frame is a delta and is read the quick way. A class, because a gateway holds one for each open answer. */
class ConverseDecoder implements AnswerDecoder {
  private readonly events
  private readonly readQuick = createQuickReader()

  constructor(context: AnswerContext) {
    this.events = createEventDecoder(context)
  }

  read(frame: Frame, into: ModelEvent[]): void {
    const quick = frame.name === 'contentBlockDelta' ? this.readQuick(frame.chunk, frame.start, frame.end) : undefined
    const next = quick === undefined ? undefined : this.events.quick(quick)
    if (next !== undefined) {
      into.push(next)
      return
    }
    const payload = quick === undefined ? parsePayload(frame) : quickPayload(quick)
    for (const event of this.events.frame(frame.name, payload)) into.push(event)
  }

  end(): void {
    this.events.end()
  }
}

function parsePayload(frame: Frame): JsonObject {
  const payload = parseExact(payloadOf(frame).toString('utf8'))
  if (!isJsonObject(payload)) throw new TypeError(`the payload of a ${frame.name} event is no object`)
  return payload
}
