import type { JsonObject } from '../../core/json.ts'

export type BlockFrame = 'contentBlockStart' | 'contentBlockDelta' | 'contentBlockStop'

interface Frame {
  readonly eventType: BlockFrame
  readonly payload: JsonObject
}

/** Frames of blocks that came while another block was open. */
export interface WaitingFrames {
  add(index: number, frame: Frame): void
  /** The frames of the block with the least number, as they came; they wait no longer. */
  takeFirst(): readonly Frame[]
  /** Blocks of which something waits. */
  readonly size: number
}

/** Makes an empty place to wait. */
export function createWaitingFrames(): WaitingFrames {
  const frames = new Map<number, Frame[]>()
  return {
    add(index, frame) {
      const before = frames.get(index)
      if (before === undefined) frames.set(index, [frame])
      else before.push(frame)
    },
    takeFirst() {
      let first = Number.POSITIVE_INFINITY
      for (const index of frames.keys()) if (index < first) first = index
      const taken = frames.get(first) ?? []
      frames.delete(first)
      return taken
    },
    get size() {
      return frames.size
    }
  }
}
