/** A native answer of an embedding model and the tokens it counted. */
export interface Embedding {
  readonly response: unknown
  readonly tokens: number
}
