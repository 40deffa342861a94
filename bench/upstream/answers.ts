import { stamp } from '../clock.ts'
import { encodeFrame } from './frames.ts'

/** What the upstream does for a model id, made once and then only written. */
export interface Answer {
  /** Sent at once, one HTTP chunk each, as Bedrock flushes every event. */
  readonly opening: readonly Buffer[]
  /** Then, if there, one of these again and again. */
  readonly paced?: { readonly events: number; readonly everyMs: number }
  readonly repeated?: { readonly frames: readonly Buffer[]; readonly times: number }
  /** Sent last; absent: the call stays open and silent. */
  readonly closing?: readonly Buffer[]
  /** The same answer for a call that does not stream. */
  readonly whole: Buffer
}

const PADDING = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const WORDS = [
  ' the',
  ' rock',
  ' of',
  ' a',
  ' mountain',
  ' "adit"',
  ' is\n',
  ' level',
  ',',
  ' naïve',
  ' passage',
  '.',
  ' → ',
  ' water'
]
/** Bytes of text in one event of a big answer. */
const BIG_TEXT_BYTES = 1024
const BIG_FRAMES = 64

/**
 * Reads what is asked for from the model's name: `bench.unary`, `bench.burst-500`, `bench.paced-200-20` (events, milliseconds between
 * them), `bench.big-28` (MB), `bench.idle` (begins, then is silent), `bench.hold` (never answers). Unknown names: undefined.
 */
export function answerFor(model: string): Answer | undefined {
  const [kind, first = '20', second = '20'] = model.replace(/^bench\./, '').split('-')
  const count = Number(first)
  const start = event('messageStart', { role: 'assistant' }, 0)
  const opening = [start, delta(stamp(0), 1)]
  switch (kind) {
    case 'unary':
    case 'burst': {
      const texts = burstTexts(count)
      return { opening: [start, ...texts.map(delta)], closing: closing(count), whole: whole(texts.join('')) }
    }
    case 'paced':
      return { opening: [start], paced: { events: count, everyMs: Number(second) }, closing: closing(count), whole: whole('') }
    case 'big': {
      const frames = Array.from({ length: BIG_FRAMES }, (_, at) => delta('x'.repeat(BIG_TEXT_BYTES), at))
      const times = Math.round((count * 1024 * 1024) / (BIG_TEXT_BYTES * BIG_FRAMES))
      return { opening, repeated: { frames, times }, closing: closing(count), whole: whole('') }
    }
    case 'idle':
      return { opening, whole: whole('') }
    case 'hold':
      return { opening: [], whole: Buffer.alloc(0) }
    default:
      return undefined
  }
}

/** The texts of a burst; a stamp of zero marks the first, so that a client can tell the first token by its bytes. */
export function burstTexts(count: number): string[] {
  return Array.from({ length: count }, (_, at) => (at === 0 ? stamp(0) : WORDS[at % WORDS.length]!))
}

/** A text event with a stamp to write over before it is sent. */
export function stampedDelta(seed: number): Buffer {
  return delta(`${stamp(0)} word`, seed)
}

function delta(text: string, seed: number): Buffer {
  return event('contentBlockDelta', { contentBlockIndex: 0, delta: { text } }, seed)
}

function event(type: string, payload: object, seed: number): Buffer {
  return encodeFrame(type, JSON.stringify(sorted({ ...payload, p: padding(seed) })))
}

/** Bedrock sorts its keys and pads every event by one to sixty-two letters. */
function sorted(payload: object): object {
  return Object.fromEntries(Object.entries(payload).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function padding(seed: number): string {
  return PADDING.slice(0, 1 + ((seed * 37 + 11) % PADDING.length))
}

function closing(outputTokens: number): Buffer[] {
  const usage = { inputTokens: 113, outputTokens, serverToolUsage: {}, totalTokens: 113 + outputTokens }
  return [
    event('contentBlockStop', { contentBlockIndex: 0 }, 5),
    event('messageStop', { stopReason: 'end_turn' }, 17),
    event('metadata', { metrics: { latencyMs: 522 }, usage }, 29)
  ]
}

function whole(text: string): Buffer {
  return Buffer.from(
    JSON.stringify({
      metrics: { latencyMs: 522 },
      output: { message: { content: [{ text }], role: 'assistant' } },
      stopReason: 'end_turn',
      usage: { inputTokens: 113, outputTokens: 20, serverToolUsage: {}, totalTokens: 133 }
    })
  )
}
