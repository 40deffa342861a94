/** Texts to be put in order by how well they answer a query. Absent means "the caller did not say". */
export interface RerankRequest {
  /** The model as the caller named it. */
  readonly model: string
  readonly query: string
  readonly documents: readonly [string, ...string[]]
  /** How many of the best are wanted; at least 1. */
  readonly topN?: number
}

/** One document, by its place in the request. */
export interface RankedDocument {
  readonly index: number
  /** From 0 to 1. */
  readonly score: number
}

/** The best first. */
export interface RerankAnswer {
  readonly results: readonly RankedDocument[]
}
