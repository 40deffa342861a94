import type { Events, Writing } from '../answer/block-state.ts'

/** How text of one kind gets into a block. */
type WriteText = (writing: Writing, index: number, text: string) => Events

/** Puts characters together again that deltas cut in two, as escapes of JSON allow. */
export interface WholeText {
  /** Half a character waits for what comes next. */
  readonly holds: boolean
  /** Writes text to a block: half a character at its end is kept back, any other half is U+FFFD. */
  take(write: WriteText, index: number, text: string): Events
  /** The block is over: a half that still waits goes out as U+FFFD. */
  end(): Events
}

const HIGH_AT_END = /[\ud800-\udbff]$/
const NOTHING: Events = []

/** Starts with nothing kept. A half never gets from one block into another, nor from reasoning into text. */
export function createWholeText(writing: Writing): WholeText {
  let held: { readonly half: string; readonly write: WriteText; readonly index: number } | undefined

  function end(): Events {
    if (held === undefined) return NOTHING
    const { write, index } = held
    held = undefined
    return write(writing, index, '\ufffd')
  }

  return {
    get holds() {
      return held !== undefined
    },
    take(write, index, text) {
      if (text === '') return NOTHING
      const before = held !== undefined && (held.index !== index || held.write !== write) ? end() : NOTHING
      const joined = (held?.half ?? '') + text
      const isCut = HIGH_AT_END.test(joined)
      held = isCut ? { half: joined.slice(-1), write, index } : undefined
      const events = write(writing, index, (isCut ? joined.slice(0, -1) : joined).toWellFormed())
      return before.length === 0 ? events : [...before, ...events]
    },
    end
  }
}
