import { type ByteString, jsonBytes } from '../../core/byte-string.ts'
import type { Citation } from '../../core/turn.ts'
import type { AnnotationBody, ThinkingBlockBody } from './completion-body.ts'
import { type CitedSpan, encodeAnnotation } from './encode-annotations.ts'

/** Collects what one delta before the finish carries: annotations and thinking blocks. */
export interface StreamNotes {
  reasoning(text: string): void
  signature(signature: string): void
  redacted(data: string): void
  citation(citation: Citation): void
  /** A block has ended; `span` is where its text stands in the content. */
  blockEnd(span: CitedSpan): void
  /** The delta as JSON text; empty: nothing to send. */
  delta(): ByteString
}

/** Makes empty notes; `keepsThinking` is false where reasoning is not shown at all. */
export function createStreamNotes(keepsThinking: boolean): StreamNotes {
  const thinking: ThinkingBlockBody[] = []
  const annotations: AnnotationBody[] = []
  const citations: Citation[] = []
  let text = ''
  let signed: string | undefined
  let data: string | undefined

  function closeThinking(): void {
    const index = thinking.length
    if (data !== undefined) thinking.push({ index, type: 'redacted_thinking', data })
    else if (signed !== undefined) thinking.push({ index, type: 'thinking', thinking: text, signature: signed })
    text = ''
    signed = undefined
    data = undefined
  }

  return {
    reasoning(piece) {
      if (keepsThinking) text += piece
    },
    signature(piece) {
      if (keepsThinking) signed = (signed ?? '') + piece
    },
    redacted(piece) {
      if (keepsThinking) data = (data ?? '') + piece
    },
    citation: (citation) => citations.push(citation),
    blockEnd(span) {
      for (const citation of citations.splice(0)) annotations.push(encodeAnnotation(citation, span, annotations.length))
      closeThinking()
    },
    delta() {
      const cited = annotations.length === 0 ? {} : { annotations }
      const thought = thinking.length === 0 ? {} : { thinking_blocks: thinking }
      const json = jsonBytes({ ...cited, ...thought })
      return json === '{}' ? '' : json
    }
  }
}
