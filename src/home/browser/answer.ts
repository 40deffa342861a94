/** What an answer has said so far. */
export interface Answer {
  content: string
  /** What ended it, where it was not the model's own end. */
  end: '' | 'limit' | 'filter'
  usage: Usage | undefined
  /** Milliseconds from the request to the first text. */
  firstMs: number | undefined
  totalMs: number
}

/** Tokens; what was cached is among the input, and the reasoning among the output. */
export interface Usage {
  readonly input: number
  readonly output: number
  readonly cached: number
  readonly reasoning: number
}

/** Where the pieces of an answer are shown as they come; an empty piece is none. */
export interface AnswerView {
  content(delta: string): void
  reasoning(delta: string): void
}

export function newAnswer(): Answer {
  return { content: '', end: '', usage: undefined, firstMs: undefined, totalMs: 0 }
}
