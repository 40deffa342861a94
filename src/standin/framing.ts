import type { Framing } from './options.ts'
import type { Random } from './random.ts'

/** One thing to do on the wire, in order. */
export type Step =
  /** `text`: what of the answer is in it. */
  | { readonly do: 'write'; readonly bytes: Uint8Array; readonly text?: string }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'hang' }
  | { readonly do: 'reset' }

const COALESCED_BYTES = 16_384

/** Cuts the bytes of a stream into the writes of a framing mode; the bytes and their order stay the same. */
export function* cut(steps: Iterable<Step>, framing: Framing, random: Random): Generator<Step> {
  if (framing === 'whole') return yield* steps
  let pending: Uint8Array[] = []
  const flush = function* (): Generator<Step> {
    const bytes = Buffer.concat(pending)
    pending = []
    for (let at = 0; at < bytes.length; ) {
      const size = framing === 'byte' ? 1 : framing === 'random' ? random.between(1, 400) : bytes.length
      yield { do: 'write', bytes: bytes.subarray(at, at + size) }
      at += size
    }
  }
  let held = 0
  for (const step of steps) {
    if (step.do === 'write') {
      pending.push(step.bytes)
      held += step.bytes.length
      if (held < COALESCED_BYTES) continue
    }
    held = 0
    yield* flush()
    if (step.do !== 'write') yield step
  }
  yield* flush()
}
