/** Bytes that were put, and which of the puts they are of. */
export interface StoredRecord {
  readonly bytes: Uint8Array
  /** Another one after each put. */
  readonly version: string
}

/** What must be there for a put to be done: nothing at all, or a version. */
export type Expected = 'nothing' | { readonly version: string }

/** What a reader of records has room and time for. */
export interface Reading {
  /** Told of bytes before they are read. What it throws ends the reading. */
  take(bytes: number): void
  /** Aborted: they are wanted no more. */
  readonly signal: AbortSignal
}

/**
 * What the gateway keeps for callers between requests: bytes by id, bound to an owner, forgotten after a time that the driver knows.
 * A get that begins after a put has ended sees it, in whatever process. Everything rejects where the store does not answer.
 */
export interface ResponseStore {
  /** In the order of the ids; undefined where there is nothing of this owner. */
  get(owner: string, ids: readonly string[], reading: Reading): Promise<readonly (StoredRecord | undefined)[]>
  /** False: what is there is not what was expected, and nothing was done. A promise only where something must be waited for. */
  put(owner: string, id: string, bytes: Uint8Array, expected?: Expected): boolean | Promise<boolean>
  /** Of no effect where there is nothing. */
  delete(owner: string, id: string): Promise<void>
  close(): void
}

/** The store as one request sees it: with its caller's records alone, in a time that is bounded. */
export interface Records {
  /**
   * See `ResponseStore.get`. What is read counts as the request's body does. Throws GatewayError 503 `unavailable` where the store is
   * down or slow, and what the budget of bodies throws.
   */
  get(ids: readonly string[]): Promise<readonly (StoredRecord | undefined)[]>
  /** Whether it is kept now. Never fails: what could not be kept is told as `param` in the log, and in the header while there is time. */
  keep(id: string, bytes: Uint8Array, param: string): boolean | Promise<boolean>
  /** See `ResponseStore.put`. Throws GatewayError 503 `unavailable` where the store is down or slow. */
  put(id: string, bytes: Uint8Array, expected: Expected): Promise<boolean>
  /** Throws GatewayError 503 `unavailable` where the store is down or slow. */
  delete(id: string): Promise<void>
  /** Tells that something was not kept, see `keep`. */
  lost(param: string, why: unknown): void
}
