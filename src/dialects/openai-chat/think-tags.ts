import type { ReasoningFormat } from './options.ts'

const OPEN = ['<think>']
const CLOSE = ['</think>']
// NextChat sees the end of the reasoning only in a delta that ends with the tag, so the blank line is a delta of its own.
const CLOSE_BEFORE_TEXT = ['</think>', '\n\n']
const NOTHING: readonly string[] = []

/** What has to stand in the content before the next piece of an answer. Each string is a delta of its own. */
export interface ThinkTags {
  beforeReasoning(): readonly string[]
  beforeText(): readonly string[]
  /** Before a tool call, and before the finish. */
  beforeOther(): readonly string[]
}

const NO_TAGS: ThinkTags = { beforeReasoning: () => NOTHING, beforeText: () => NOTHING, beforeOther: () => NOTHING }

/**
 * Keeps the tags of one answer: `<think>reasoning</think>`, then a blank line if text follows.
 * Always closed, so that a call or a finish never ends up inside the reasoning. Silent in formats without tags.
 */
export function createThinkTags(format: ReasoningFormat): ThinkTags {
  if (format !== 'think' && format !== 'both') return NO_TAGS
  let open = false

  function close(pieces: readonly string[]): readonly string[] {
    if (!open) return NOTHING
    open = false
    return pieces
  }

  return {
    beforeReasoning() {
      if (open) return NOTHING
      open = true
      return OPEN
    },
    beforeText: () => close(CLOSE_BEFORE_TEXT),
    beforeOther: () => close(CLOSE)
  }
}
