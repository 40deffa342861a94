import { type Answer, answerFor } from './answers.ts'

/** One call that was asked and is not answered yet. */
export interface Call {
  /** Ends it from our side. */
  drop(): void
}

/** The calls that are open now. */
export const openCalls = new Set<Call>()

/** What a path asks for: an answer, or `undefined` for all that is only there to be refused. */
export interface Asked {
  readonly model: string
  readonly streaming: boolean
  readonly answer: Answer
}

/** The first argument says how models are answered whose names say nothing; without it they are refused. */
const forOthers = answerFor(process.argv[2] ?? '')
const asked = new Map<string, Asked | undefined>()

/** Reads `/model/{id}/converse` and `/model/{id}/converse-stream`; the same path is looked up, not made, the second time. */
export function readPath(path: string): Asked | undefined {
  if (asked.has(path)) return asked.get(path)
  const found = /^\/model\/([^/]+)\/(converse|converse-stream)$/.exec(path)
  const answer = found === null ? undefined : (answerFor(decodeURIComponent(found[1]!)) ?? forOthers)
  const made = answer === undefined ? undefined : { model: found![1]!, streaming: found![2] === 'converse-stream', answer }
  asked.set(path, made)
  return made
}

/** Whether nothing ever comes for this call. */
export function isSilent({ answer }: Asked): boolean {
  return answer.opening.length === 0
}
