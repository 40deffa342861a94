/** What a model's text turns out to be. */
export type Piece =
  | { readonly type: 'text' | 'reasoning'; readonly text: string }
  | { readonly type: 'call'; readonly name: string; readonly json: string }

export type Pieces = readonly Piece[]

/** Looks at the text of one answer as it comes. However the text is cut, the pieces add up to the same. */
export interface TextFilter {
  take(text: string): Pieces
  /** A block of text has ended. */
  blockEnd(): Pieces
  /** Nothing more comes, or something that is no text: what is still held goes out. `hasAnswered`: there is an answer beside the text. */
  release(hasAnswered: boolean): Pieces
  /** This piece goes out as it is, and nothing is held before it, so the gate need not be asked. */
  passes(text: string): boolean
}

export const NO_PIECES: Pieces = []

/** The words of pieces, joined. */
export function wordsOf(pieces: Pieces): string {
  return pieces.map((piece) => (piece.type === 'call' ? '' : piece.text)).join('')
}
