import type { AnswerContext } from './answer-context.ts'
import { createCallText } from './call-text.ts'
import { createJsonText } from './json-text.ts'
import { createTaggedThinking } from './tagged-thinking.ts'
import type { Pieces, TextGate } from './text-pieces.ts'

/** The gate of an answer; undefined where text is what it seems, as with most models. */
export function createTextGate(context: AnswerContext): TextGate | undefined {
  const { inlineReasoning, textCalls, jsonText } = context
  const gates = [
    ...(inlineReasoning === true ? [createTaggedThinking()] : []),
    ...(textCalls !== undefined ? [createCallText(textCalls.names)] : jsonText === true ? [createJsonText()] : [])
  ]
  const [first, second] = gates
  return first === undefined || second === undefined ? first : inSeries(first, second)
}

function inSeries(first: TextGate, second: TextGate): TextGate {
  const pass = (pieces: Pieces) => pieces.flatMap((piece) => (piece.type === 'text' ? second.take(piece.text) : [piece]))
  return {
    take: (text) => (first.open ? second.take(text) : pass(first.take(text))),
    blockEnd: () => [...pass(first.blockEnd()), ...second.blockEnd()],
    release: () => [...pass(first.release()), ...second.release()],
    get open() {
      return first.open && second.open
    }
  }
}
