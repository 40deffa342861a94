/** How the stand-in is started; every field has a default. */
export interface StandinOptions {
  host?: string
  port?: number
  /** `check` recomputes every SigV4 signature, or wants the known bearer key. */
  auth?: 'check' | 'off'
  /** How the bytes of a stream are cut into writes. */
  framing?: Framing
  /** Decides padding, cuts and tool ids: equal seeds give equal answers. */
  seed?: number
  /** Most entries on one page of a paged list. */
  pageSize?: number
  /** SSM parameters, all SecureString: name to value. */
  parameters?: Record<string, string>
  /** Secrets Manager: name to SecretString. */
  secrets?: Record<string, string>
  /** Buckets of S3 that exist, all in `us-east-1`. */
  buckets?: string[]
  /** Operations that answer AccessDeniedException. */
  deny?: string[]
  /** Also sends one event type and fields that no model of the API knows. */
  chaos?: boolean
  /** Pause between the events of slow scripts. */
  eventGapMs?: number
  /** The longest that a fault which hangs or delays waits. */
  hangMs?: number
  /** How long lists of models take. */
  listDelayMs?: number
  /** How long container credentials live. */
  credentialsTtlMs?: number
  /** The time by which quota, cache and bill count stands here until it is turned, milliseconds since the epoch; absent: it goes on. */
  startAt?: number
  /** How many calls of profiles compute away from the Region that was called, 0 to 1; AWS: some, more when it is busy. */
  strayShare?: number
  /** How many prompts of Nova are cached whole without a point, 0 to 1. */
  implicitShare?: number
}

export type Framing = 'whole' | 'coalesced' | 'byte' | 'random'

/** One request as it arrived. `aborted`: the client left first; `finished`: the stand-in did all it meant to do. */
export interface RecordedRequest {
  id: string
  operation: string
  modelId?: string
  method: string
  path: string
  headers: Record<string, string>
  body: unknown
  /** The body as it came. */
  bodyText: string
  startedAt: number
  aborted: boolean
  finished: boolean
}

/** An answer put into a model's mouth; the unary and the streamed form both derive from it. */
export interface ScriptedAnswer {
  /** Content blocks of Converse. */
  content: readonly unknown[]
  stopReason?: string
  /** The whole form has an empty `output`, or none, in place of a message without content. */
  output?: 'empty' | 'absent'
  usage?: Record<string, unknown>
  trace?: unknown
  additionalModelResponseFields?: unknown
  performanceConfig?: unknown
  serviceTier?: unknown
  /** A stream writes all blocks at once, an event of each in turn. */
  interleaved?: boolean
  /** Characters per delta; without it each delta has a length of its own. */
  chunkSize?: number
  /** Pause after every event of the stream. */
  gapMs?: number
  /** Pause before the response begins. */
  delayMs?: number
}

/** An object of S3. */
export interface S3Object {
  readonly bytes: Buffer
  readonly etag: string
  readonly type: string
  readonly writtenAt: number
}

/** The stand-in's credentials: the only ones it accepts. */
export const CREDENTIALS = {
  accessKeyId: 'AKIASTANDIN0EXAMPLE1',
  secretAccessKey: 'standin/secret/access/key/EXAMPLEONLY000',
  containerAccessKeyId: 'ASIASTANDIN0EXAMPLE1',
  sessionToken: 'standin-session-token',
  /** Of a role in the other account. */
  otherAccessKeyId: 'ASIASTANDIN0EXAMPLE2',
  bearerKey: 'bedrock-api-key-standin'
} as const

/** The account that owns everything the stand-in lists. */
export const ACCOUNT = '123456789012'
/** One whose role may be taken: with quotas, cache and bill of its own. */
export const OTHER_ACCOUNT = '210987654321'
export const REGION = 'us-east-1'
