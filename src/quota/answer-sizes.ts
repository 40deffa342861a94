import { OwnedMap } from '../core/bounded.ts'

const MOST_SAMPLES = 500
const FEWEST_SAMPLES = 50
/** Room over the longest of a hundred answers, and the least that is ever allowed. Lengths are heavy-tailed. */
const ROOM = 1.5
const FLOOR = 1024
/** Sizes are counted anew after so many answers. */
const EVERY = 25
const MOST_PAIRS = 2000

interface Sizes {
  readonly samples: Uint32Array
  /** Answers so far. */
  seen: number
  limit: number | undefined
}

/**
 * Learns how long the answers of one key and one model really are. The service reserves the most that an answer may have, so a limit
 * that fits saves quota. What one key asks for changes nothing for another.
 */
export class AnswerSizes {
  private readonly pairs = new OwnedMap<string, Sizes>(MOST_PAIRS)

  /** Notes the length of an answer that nobody's limit cut, tokens. */
  note(owner: string, model: string, tokens: number): void {
    const known = this.pairs.get(owner, model) ?? { samples: new Uint32Array(MOST_SAMPLES), seen: 0, limit: undefined }
    known.samples[known.seen % MOST_SAMPLES] = tokens
    known.seen++
    if (known.seen === 1) this.pairs.set(owner, model, known)
    // An answer beyond what is known is learnt at once: the next one may be as long.
    const isBeyond = known.limit !== undefined && tokens > known.limit / ROOM
    if (known.seen >= FEWEST_SAMPLES && (isBeyond || known.seen % EVERY === 0)) known.limit = limitOf(known)
  }

  /** The limit that fits: one and a half times the 99th percentile of the last 500 answers, at least 1024; undefined: too few are known. */
  limitFor(owner: string, model: string): number | undefined {
    return this.pairs.get(owner, model)?.limit
  }
}

function limitOf({ samples, seen }: Sizes): number {
  const count = Math.min(seen, MOST_SAMPLES)
  const sorted = samples.slice(0, count).sort()
  const longest = sorted[Math.min(count - 1, Math.floor(count * 0.99))] ?? 0
  return Math.max(FLOOR, Math.ceil(longest * ROOM))
}
