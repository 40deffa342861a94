/** What one gateway has taken from a pool, less what it gave back, in some time. */
export interface Turnover {
  /** Tokens, as they were reserved; below zero where more came back. */
  readonly tokens: number
  readonly requests: number
  /** Tokens of requests that are over, as the service counts them. */
  readonly used: number
}

/** What a ledger has learnt of a quota of a minute. */
export interface BucketLesson {
  readonly perMinute: number
  readonly isGuess: boolean
  readonly factor: number
}

/** What a ledger has learnt from an answer of the service, for the others of its pool. */
export interface PoolLesson {
  /** It refused, and nothing was left. */
  readonly tokens?: BucketLesson
  readonly requests?: BucketLesson
  /** The quota of the day is used up for what is as large, and is asked for again in so many milliseconds; null: it is not used up. */
  readonly day?: { readonly ceiling: number; readonly probeInMs: number } | null
  /** Nothing goes for so long. Milliseconds. */
  readonly pauseMs?: number
}

/** A lesson of another gateway. */
export interface HeardLesson {
  readonly pool: string
  readonly lesson: PoolLesson
  /** Milliseconds since it was learnt. */
  readonly ageMs: number
}

/** What came of an exchange. */
export interface Exchanged {
  /** What the others took since this gateway's last exchange of the pool; nothing the first time, and after a failure. */
  readonly others: Turnover
  /** Tokens that were left by another gateway's reckoning, without what is told now; only the first time, and after a failure, and where one has told. */
  readonly left?: number
  /** Those that call this pool at the moment, this one included. */
  readonly gateways: number
  /** Tokens that all of them have told to be used since midnight (UTC), what is told now included; absent: not known. */
  readonly usedToday?: number
}

/** Where gateways that share an account tell each other what they take. Every method rejects while it cannot be reached. */
export interface QuotaStore {
  /** Adds what was taken here, and tells what was taken elsewhere; each addition is before or after another, never beside it. `left`: undefined where not known. */
  exchange(pool: string, own: Turnover, left: number | undefined): Promise<Exchanged>
  teach(pool: string, lesson: PoolLesson): Promise<void>
  /** What others have learnt since it was last asked, oldest first; the first time, in the last quarter of an hour. */
  lessons(): Promise<readonly HeardLesson[]>
  close(): void
}
