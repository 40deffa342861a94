import type { AnswerContext } from './answer-context.ts'
import { createCallMarkers } from './call-markers.ts'
import { createCallText } from './call-text.ts'
import { createJsonText } from './json-text.ts'
import { createKeyRestorer } from './restore-keys.ts'
import { createTaggedThinking } from './tagged-thinking.ts'
import { NO_PIECES, type Pieces, type TextFilter } from './text-pieces.ts'

/** The gate of an answer; undefined where text is what it seems, as with most models. */
export function createTextFilter(context: AnswerContext): TextFilter | undefined {
  const { inlineReasoning, callMarkers, textCalls, jsonText } = context
  const gates: TextFilter[] = []
  if (inlineReasoning === true) gates.push(createTaggedThinking())
  if (callMarkers !== undefined) gates.push(createCallMarkers(callMarkers))
  if (textCalls !== undefined) gates.push(createCallText(textCalls.names))
  else if (jsonText === true) gates.push(createJsonText())
  if (context.propertyNames !== undefined && context.outputMode === 'native') gates.push(createJsonKeys(context.propertyNames))
  const last = gates.pop()
  return last === undefined ? undefined : gates.reduceRight((behind, gate) => inSeries(gate, behind), last)
}

function inSeries(first: TextFilter, second: TextFilter): TextFilter {
  const pass = (pieces: Pieces) => pieces.flatMap((piece) => (piece.type === 'text' ? second.take(piece.text) : [piece]))
  return {
    take: (text) => (first.passes(text) ? second.take(text) : pass(first.take(text))),
    blockEnd: () => [...pass(first.blockEnd()), ...second.blockEnd()],
    release: (hasAnswered) => [...pass(first.release(hasAnswered)), ...second.release(hasAnswered)],
    passes: (text) => first.passes(text) && second.passes(text)
  }
}

/** Gives the keys of an answer that is JSON the caller's names. */
function createJsonKeys(names: ReadonlyMap<string, string>): TextFilter {
  const keys = createKeyRestorer(names)
  const asText = (text: string) => (text === '' ? NO_PIECES : [{ type: 'text' as const, text }])
  return {
    take: (text) => asText(keys.take(text)),
    blockEnd: () => NO_PIECES,
    release: () => asText(keys.end()),
    passes: () => false
  }
}
