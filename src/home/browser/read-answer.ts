/// <reference lib="dom" />
import type { Answer, AnswerView } from './answer.ts'
import { type Failure, toFailure } from './call-api.ts'
import { takeEvent } from './dialects.ts'
import { readEvents } from './read-events.ts'
import type { DialectName } from './state.ts'

/** Reads the stream of an answer into `answer` and the view. Gives the failure the stream told of, or that it ended too early. */
export async function readAnswer(
  response: Response,
  dialect: DialectName,
  answer: Answer,
  view: AnswerView & { readonly startedAt: number }
): Promise<Failure | undefined> {
  if (response.body === null) return toFailure('Empty', { message: 'The reply has no body.' }, response)
  const noting = notingView(answer, view)
  for await (const data of readEvents(response.body)) {
    const outcome = takeEvent(dialect, data, answer, noting)
    if (outcome === 'end') return undefined
    if (outcome !== undefined) return toFailure('Failed while answering', outcome, response)
  }
  return toFailure('Cut short', { message: 'The stream ended before the answer was complete.' }, response)
}

/** A view that also keeps the text, and the time of the first piece. */
export function notingView(answer: Answer, view: AnswerView & { readonly startedAt: number }): AnswerView {
  const note = (delta: string) => {
    if (delta !== '') answer.firstMs ??= performance.now() - view.startedAt
    return delta !== ''
  }
  return {
    content(delta) {
      if (!note(delta)) return
      answer.content += delta
      view.content(delta)
    },
    reasoning(delta) {
      if (note(delta)) view.reasoning(delta)
    }
  }
}

/** What an answer cost and took, in one line. */
export function describeAnswer(answer: Answer): string {
  const { usage, firstMs, totalMs, end } = answer
  const { cached = 0, reasoning = 0 } = usage ?? {}
  const parts = [
    usage && `${usage.input} tokens in${cached > 0 ? ` (${cached} cached)` : ''}`,
    usage && `${usage.output} out${reasoning > 0 ? ` (${reasoning} reasoning)` : ''}`,
    firstMs !== undefined && `first after ${seconds(firstMs)}`,
    `${seconds(totalMs)} in all`,
    end === 'limit' && 'ended by the token limit',
    end === 'filter' && 'ended by a content filter'
  ]
  return parts.filter((part) => typeof part === 'string').join(' · ')
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 9950 ? 2 : 1)} s`
}
