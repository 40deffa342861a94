export interface EmbeddingText {
  readonly type: 'text'
  readonly text: string
}

export interface EmbeddingImage {
  readonly type: 'image'
  /** By magic bytes. */
  readonly format: 'png' | 'jpeg' | 'gif' | 'webp'
  /** Base64. */
  readonly data: string
}

export type EmbeddingPart = EmbeddingText | EmbeddingImage

/** What becomes one vector: usually one text; several parts where a model embeds them together. */
export interface EmbeddingInput {
  readonly parts: readonly [EmbeddingPart, ...EmbeddingPart[]]
  /** Path in the caller's request, for error messages: `input[3]`. */
  readonly path: string
}

/** What the vector is for. A word that is none of the four is the model's own (`text_retrieval`). */
export type EmbeddingPurpose = 'document' | 'query' | 'classification' | 'clustering' | (string & {})

/** Things to be turned into vectors, in our own words. Absent means "the caller did not say". */
export interface EmbeddingRequest {
  /** The model as the caller named it. */
  readonly model: string
  readonly inputs: readonly [EmbeddingInput, ...EmbeddingInput[]]
  /** Length of each vector. */
  readonly dimensions?: number
  readonly purpose?: EmbeddingPurpose
  /** Which end of a text that is too long is cut off; `none` makes it an error. */
  readonly truncate?: 'none' | 'start' | 'end'
}

/** Vectors in the order of the inputs. */
export interface EmbeddingAnswer {
  readonly vectors: readonly (readonly number[])[]
  readonly inputTokens: number
}
