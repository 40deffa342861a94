import type { Citation } from '../../core/turn.ts'
import { present } from '../openai/present.ts'
import type { AnnotationBody } from './completion-body.ts'

/** Where the cited text stands in the content, in UTF-16 units. */
export interface CitedSpan {
  readonly start: number
  readonly end: number
}

/**
 * A citation as OpenAI has it: a `url_citation` over the block that cites. A document's citation is one too, with its
 * source for a URL: the AI SDK's schema refuses every other type.
 */
export function encodeAnnotation(citation: Citation, span: CitedSpan, index: number): AnnotationBody {
  const url = citation.url ?? citation.source ?? ''
  return {
    index,
    type: 'url_citation',
    url_citation: present({
      start_index: span.start,
      end_index: span.end,
      url,
      title: citation.title ?? citation.source ?? url,
      cited_text: citation.text,
      location: citation.location
    })
  }
}
