import { deepStrictEqual } from 'node:assert/strict'
import { EventStreamCodec } from '@smithy/core/event-streams'
import { PLAIN_ANSWER } from '../../src/bedrock/answer/answer-context.ts'
import { createConverseDecoder } from '../../src/bedrock/converse/converse-codec.ts'
import { createEventDecoder } from '../../src/bedrock/converse/decode-events.ts'
import { openEvents } from '../../src/bedrock/run/answer-reader.ts'
import type { HttpBody } from '../../src/bedrock/transport/http-body.ts'
import { type Completion, createCollector } from '../../src/core/collect.ts'
import type { ModelEvent } from '../../src/core/event.ts'
import { GatewayError } from '../../src/errors.ts'
import { converseEvents } from '../../src/standin/converse-events.ts'
import { eventFrame, exceptionFrame } from '../../src/standin/frames.ts'
import { makeRandom, type Random } from '../../src/standin/random.ts'
import { wireJson } from '../../src/standin/wire-json.ts'
import { serve } from './job.ts'
import { mutateBytes } from './mutate-bytes.ts'

/**
 * Damaged event streams into the decoder. Promises: nothing but a GatewayError is thrown; an answer is complete only where the
 * AWS SDK's codec reads an orderly end in the same bytes, and then it is the answer those frames hold; and where nothing was
 * damaged up to that end, it is complete.
 */
const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString('utf8'),
  (text) => Buffer.from(text, 'utf8')
)

const USAGE = { inputTokens: 5, outputTokens: 7, totalTokens: 12 }
const ANSWERS = [
  [{ text: 'An adit is a door into the hill: été, 坑道, 😀.' }],
  [{ reasoningContent: { reasoningText: { text: 'It is a way in.', signature: 'c2lnbmF0dXJl' } } }, { text: 'A way in.' }],
  [
    { text: 'Let me look.' },
    { toolUse: { toolUseId: 'tooluse_a', name: 'look', input: { place: 'hill', deep: [1, { a: null }] } } }
  ],
  [
    { toolUse: { toolUseId: 'tooluse_a', name: 'look', input: {} } },
    { toolUse: { toolUseId: 'tooluse_b', name: 'dig', input: { x: '"\\\n' } } }
  ],
  []
]
const FAMILIES = ['claude', 'nova', 'gpt-oss', 'deepseek']

function makeFrames(random: Random): Buffer[] {
  const content = ANSWERS[random.between(0, ANSWERS.length - 1)]!
  const stopReason = content.some((block) => 'toolUse' in block) ? 'tool_use' : 'end_turn'
  const answer = { content, stopReason, usage: USAGE, latencyMs: 1, gapMs: 0, delayMs: 0 }
  const family = FAMILIES[random.between(0, FAMILIES.length - 1)]!
  const frames = [...converseEvents(answer, family, random)].map(({ type, payload }) => eventFrame(type, wireJson(payload)))
  const broken = random.next() < 0.05 ? [exceptionFrame('throttlingException', '{"message":"Too many tokens"}')] : []
  return [...frames, ...broken].map((frame) => Buffer.from(frame))
}

/** Bytes that come in pieces, as from a socket. */
function bodyOf(bytes: Buffer, random: Random): HttpBody {
  let at = 0
  return {
    wait: async () => {},
    take() {
      if (at >= bytes.length) return undefined
      const size = random.next() < 0.3 ? bytes.length : random.between(1, 200)
      const piece = bytes.subarray(at, at + size)
      at += size
      return [piece]
    },
    leave() {
      at = bytes.length
    }
  }
}

/** The answer as the gateway reads it, or undefined when it says that the stream broke. */
async function readByGateway(bytes: Buffer, random: Random): Promise<Completion | undefined> {
  const decoder = createConverseDecoder(PLAIN_ANSWER)
  try {
    const events = await openEvents({
      body: bodyOf(bytes, random),
      framing: 'event-stream',
      decoder,
      model: 'm',
      requestId: undefined
    })
    const folder = createCollector()
    for await (const batch of events) for (const event of batch) folder.add(event)
    return folder.result()
  } catch (error) {
    if (error instanceof GatewayError && error.kind !== 'internal') return undefined
    throw error
  }
}

/** The same by the SDK's codec: frames up to the end of the answer, one after the other; undefined when they do not get there. */
function readBySdk(bytes: Buffer): Completion | undefined {
  const decoder = createEventDecoder(PLAIN_ANSWER)
  const folder = createCollector()
  let finished = false
  try {
    for (let at = 0; at < bytes.length; ) {
      const end = at + bytes.readUInt32BE(at)
      const { headers, body } = codec.decode(bytes.subarray(at, end))
      if (headers[':message-type']?.value !== 'event') break
      const payload = JSON.parse(Buffer.from(body).toString('utf8'))
      const events: readonly ModelEvent[] = [...decoder.frame(String(headers[':event-type']?.value), payload)]
      for (const event of events) folder.add(event)
      finished ||= events.some((event) => event.type === 'finish')
      at = end
      if (events.some((event) => event.type === 'usage')) break
    }
  } catch {
    // what came before the damage counts: an answer may have ended there
  }
  return finished ? folder.result() : undefined
}

/** What the caller sees of an answer, token counts aside: they may be lost with what comes behind the end. */
function seen({ blocks, finish }: Completion): object {
  return { blocks, finish }
}

await serve({
  async run(seed, number) {
    const random = makeRandom(seed, `stream ${number}`)
    const frames = makeFrames(random)
    const bytes = mutateBytes(frames, random)
    const [ours, theirs] = [await readByGateway(bytes, random), readBySdk(bytes)]
    if (ours !== undefined && theirs === undefined) throw new Error(`success from a broken stream: ${JSON.stringify(seen(ours))}`)
    if (ours !== undefined && theirs !== undefined) deepStrictEqual(seen(ours), seen(theirs))
    const untouched = bytes.equals(Buffer.concat(frames))
    if (untouched && theirs !== undefined && ours === undefined) throw new Error('an orderly stream was taken for a broken one')
    return ours === undefined ? 'told as broken' : untouched ? 'whole' : 'whole in spite of damage behind the end or in order'
  },
  close: async () => {}
})
process.disconnect?.()
