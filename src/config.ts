import { OptionalKind, type Static, type TSchema, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { nearName } from './near-name.ts'

const text = (env: string, options: object = {}) => Type.String({ env, minLength: 1, ...options })
const flag = (env: string, fallback: boolean) => Type.Boolean({ env, default: fallback })
const list = (env: string) => Type.Array(Type.String({ minLength: 1 }), { env, default: [] })
const whole = (env: string, fallback: number, minimum: number, maximum: number) =>
  Type.Integer({ env, default: fallback, minimum, maximum })
const hour = 3_600_000

/** A bucket, or a bucket and a prefix of its keys. */
const S3_PLACE = '^(?:s3://)?[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[^\\s*?]*)?$'

/** Every variable the gateway reads, with its default and range. Names that bedrock-access-gateway uses are kept. Times are milliseconds. */
export const ConfigSchema = Type.Object({
  port: whole('PORT', 8080, 0, 65_535),
  host: text('HOST', { default: '0.0.0.0' }),
  routePrefix: text('API_ROUTE_PREFIX', { default: '/api/v1', pattern: '^/[A-Za-z0-9/_.-]*[A-Za-z0-9_.-]$' }),
  metricsPort: Type.Optional(whole('METRICS_PORT', 0, 0, 65_535)),

  auth: Type.Union([Type.Literal('on'), Type.Literal('off')], { env: 'AUTH', default: 'on' }),
  apiKey: Type.Optional(text('API_KEY')),
  apiKeyParamName: Type.Optional(text('API_KEY_PARAM_NAME')),
  apiKeySecretArn: Type.Optional(text('API_KEY_SECRET_ARN')),
  apiKeysFile: Type.Optional(text('API_KEYS_FILE')),

  awsRegion: Type.Optional(text('AWS_REGION', { pattern: '^[a-z]{2,}(-[a-z]+)+-\\d+$' })),
  awsDefaultRegion: Type.Optional(text('AWS_DEFAULT_REGION', { pattern: '^[a-z]{2,}(-[a-z]+)+-\\d+$' })),
  bedrockRegions: list('BEDROCK_REGIONS'),
  bedrockRoleArn: Type.Optional(text('BEDROCK_ROLE_ARN', { pattern: '^arn:[a-z-]+:iam::\\d{12}:role/.+$' })),
  bedrockExternalId: Type.Optional(text('BEDROCK_EXTERNAL_ID')),
  bearerToken: Type.Optional(text('AWS_BEARER_TOKEN_BEDROCK')),
  caBundle: Type.Optional(text('AWS_CA_BUNDLE')),
  httpsProxy: Type.Optional(text('HTTPS_PROXY')),
  httpProxy: Type.Optional(text('HTTP_PROXY')),
  noProxy: Type.Optional(text('NO_PROXY')),

  defaultModel: Type.Optional(text('DEFAULT_MODEL')),
  defaultEmbeddingModel: text('DEFAULT_EMBEDDING_MODEL', { default: 'cohere.embed-multilingual-v3' }),
  modelAliases: Type.Record(
    Type.String(),
    Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })]),
    { env: 'MODEL_ALIASES', default: {} }
  ),
  allowedModels: list('ALLOWED_MODELS'),
  modelTraitsFile: Type.Optional(text('MODEL_TRAITS_FILE')),
  defaultMaxTokens: Type.Optional(whole('DEFAULT_MAX_TOKENS', 0, 1, 1_000_000)),
  crossRegionInference: flag('ENABLE_CROSS_REGION_INFERENCE', true),
  applicationInferenceProfiles: flag('ENABLE_APPLICATION_INFERENCE_PROFILES', true),
  promptCaching: flag('ENABLE_PROMPT_CACHING', false),
  reasoningFormat: Type.Union([Type.Literal('field'), Type.Literal('think'), Type.Literal('both'), Type.Literal('none')], {
    env: 'REASONING_FORMAT',
    default: 'field'
  }),

  allowedOrigins: Type.Array(Type.String({ minLength: 1 }), { env: 'ALLOWED_ORIGINS', default: ['*'] }),
  maxBodyBytes: whole('MAX_BODY_BYTES', 33_554_432, 1024, 1_073_741_824),
  bodyMemoryBytes: Type.Optional(whole('BODY_MEMORY_BYTES', 0, 1_048_576, 1_099_511_627_776)),
  fetchRemoteMedia: flag('FETCH_REMOTE_MEDIA', true),
  mediaTrustedHosts: list('REMOTE_MEDIA_TRUSTED_HOSTS'),
  s3MediaBuckets: Type.Array(Type.String({ pattern: S3_PLACE }), {
    env: 'S3_MEDIA_BUCKETS',
    default: [],
    expects: 'must be a list of buckets and prefixes, as in reports,my-bucket/shared/pictures'
  }),
  homePage: flag('HOME_PAGE', true),

  firstEventTimeoutMs: whole('UPSTREAM_FIRST_EVENT_TIMEOUT_MS', 120_000, 10, hour),
  idleTimeoutMs: whole('UPSTREAM_IDLE_TIMEOUT_MS', 300_000, 10, hour),
  totalTimeoutMs: whole('UPSTREAM_TOTAL_TIMEOUT_MS', hour, 10, 4 * hour),
  maxAttempts: whole('UPSTREAM_MAX_ATTEMPTS', 3, 1, 10),
  redisUrl: Type.Optional(text('REDIS_URL', { pattern: '^(redis|rediss|valkey|valkeys)://.+' })),
  maxConcurrent: whole('MAX_CONCURRENT_REQUESTS', 2000, 1, 100_000),
  maxEventLoopDelayMs: whole('MAX_EVENT_LOOP_DELAY_MS', 1000, 0, 60_000),
  heartbeatMs: whole('HEARTBEAT_MS', 15_000, 10, 600_000),
  streamCommitMs: whole('STREAM_COMMIT_MS', 15_000, 10, 600_000),
  shutdownGraceMs: whole('SHUTDOWN_GRACE_MS', 110_000, 0, hour),
  drainDelayMs: whole('DRAIN_DELAY_MS', 0, 0, 600_000),
  requestTimeoutMs: whole('REQUEST_TIMEOUT_MS', 300_000, 10, hour),
  keepAliveTimeoutMs: whole('KEEP_ALIVE_TIMEOUT_MS', 75_000, 1000, hour),

  logLevel: Type.Union(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'].map((level) => Type.Literal(level)),
    { env: 'LOG_LEVEL', default: 'info' }
  ),
  debug: flag('DEBUG', false),
  emf: flag('EMF', false),
  serviceName: text('OTEL_SERVICE_NAME', { default: 'adit' }),
  otelDisabled: flag('OTEL_SDK_DISABLED', false),
  otlpEndpoint: Type.Optional(text('OTEL_EXPORTER_OTLP_ENDPOINT', { pattern: '^https?://.+' })),
  otlpTracesEndpoint: Type.Optional(text('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', { pattern: '^https?://.+' })),
  otlpMetricsEndpoint: Type.Optional(text('OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', { pattern: '^https?://.+' })),
  otelSampler: Type.Union(
    [
      Type.Literal('always_on'),
      Type.Literal('always_off'),
      Type.Literal('traceidratio'),
      Type.Literal('parentbased_always_on'),
      Type.Literal('parentbased_always_off'),
      Type.Literal('parentbased_traceidratio')
    ],
    { env: 'OTEL_TRACES_SAMPLER', default: 'parentbased_always_on' }
  ),
  otelSamplerArg: Type.Number({ env: 'OTEL_TRACES_SAMPLER_ARG', default: 1, minimum: 0, maximum: 1 })
})

export type Config = Static<typeof ConfigSchema>

/** All that is wrong with the environment, one line per fault, each with the variable's name. */
export class ConfigError extends Error {
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(
      `the configuration has ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}:\n${faults.map((f) => `  ${f}`).join('\n')}`
    )
    this.name = 'ConfigError'
    this.faults = faults
  }
}

/**
 * Reads the configuration from environment variables; empty means unset.
 * Throws ConfigError with every fault at once. Values of secrets are never in a fault.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const faults: string[] = []
  const config: Record<string, unknown> = {}
  for (const [field, schema] of Object.entries(ConfigSchema.properties)) {
    const value = readVariable(schema, env, faults)
    if (value !== undefined) config[field] = value
  }
  if (faults.length === 0) faults.push(...contradictions(config as Config))
  if (faults.length > 0) throw new ConfigError(faults)
  return config as Config
}

function readVariable(schema: TSchema, env: NodeJS.ProcessEnv, faults: string[]): unknown {
  const name = String(schema.env)
  const raw = (env[name] ?? (LOWER_CASE_TOO.has(name) ? env[name.toLowerCase()] : undefined))?.trim()
  if (raw === undefined || raw === '') return schema[OptionalKind] === 'Optional' ? undefined : schema.default
  const value = convert(schema, raw)
  if (value === undefined || !Value.Check(schema, value)) {
    faults.push(`${name} ${expectation(schema)}`)
    return undefined
  }
  return value
}

/** Programs of every kind read these in lower case; any other lower-case name is a shell's own. */
const LOWER_CASE_TOO: ReadonlySet<string> = new Set(['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'])
/** Names of others that are near one of ours. */
const OTHERS: ReadonlySet<string> = new Set(['FTP_PROXY', 'ALL_PROXY', 'RSYNC_PROXY'])

/**
 * Variables that are set, that nobody reads, and that were probably meant to be one that is read: a sentence for each.
 * A time limit in a misspelt variable is no time limit.
 */
export function nearMisses(env: NodeJS.ProcessEnv = process.env): readonly string[] {
  const known = Object.values(ConfigSchema.properties).map((schema: TSchema) => String(schema.env))
  const isKnown = new Set(known)
  return Object.keys(env).flatMap((name) => {
    if (isKnown.has(name) || OTHERS.has(name.toUpperCase()) || LOWER_CASE_TOO.has(name.toUpperCase())) return []
    // a shell's own `port` or `debug` is nobody's mistake
    if (name !== name.toUpperCase() && !name.includes('_')) return []
    const meant = nearName(name, known)
    return meant === undefined ? [] : [`${name} is set and means nothing here; is ${meant} meant?`]
  })
}

const TRUE = new Set(['true', '1', 'yes', 'on'])
const FALSE = new Set(['false', '0', 'no', 'off'])

function convert(schema: TSchema, raw: string): unknown {
  switch (schema.type) {
    case 'integer':
      return /^-?\d+$/.test(raw) ? Number(raw) : undefined
    case 'number':
      return /^\d*\.?\d+$/.test(raw) ? Number(raw) : undefined
    case 'boolean':
      return TRUE.has(raw.toLowerCase()) ? true : FALSE.has(raw.toLowerCase()) ? false : undefined
    case 'array':
      return raw
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '')
    case 'object':
      return parseJson(raw)
    default:
      return schema.anyOf ? raw.toLowerCase() : raw
  }
}

function parseJson(raw: string): unknown {
  try {
    return JSON.parse(raw)
  } catch {
    return undefined // the caller reports it with the variable's name
  }
}

function expectation(schema: TSchema): string {
  if (typeof schema.expects === 'string') return schema.expects
  if (schema.type === 'integer') return `must be a whole number from ${schema.minimum} to ${schema.maximum}`
  if (schema.type === 'number') return `must be a number from ${schema.minimum} to ${schema.maximum}`
  if (schema.type === 'boolean') return 'must be one of true, false, 1, 0, yes, no, on, off'
  if (schema.type === 'object') return 'must be a JSON object of names to a model id or a list of model ids'
  if (schema.anyOf) return `must be one of ${schema.anyOf.map((option: TSchema) => option.const).join(', ')}`
  if (schema.pattern) return `does not look right: it must match ${schema.pattern}`
  return 'must not be empty'
}

const KEY_SOURCES = [
  ['API_KEY', 'apiKey'],
  ['API_KEY_PARAM_NAME', 'apiKeyParamName'],
  ['API_KEY_SECRET_ARN', 'apiKeySecretArn'],
  ['API_KEYS_FILE', 'apiKeysFile']
] as const

function contradictions(config: Config): string[] {
  const faults: string[] = []
  const sources = KEY_SOURCES.filter(([, field]) => config[field] !== undefined).map(([name]) => name)
  const names = KEY_SOURCES.map(([name]) => name).join(', ')
  if (config.auth === 'off') {
    if (!isLoopback(config.host))
      faults.push(`AUTH=off is only allowed when HOST is a loopback address, and HOST is ${config.host}`)
    if (sources.length > 0) faults.push(`AUTH=off contradicts ${sources.join(', ')}: unset one of them`)
  } else if (sources.length === 0) {
    faults.push(`no source of API keys: set exactly one of ${names}`)
  } else if (sources.length > 1) {
    faults.push(`${sources.join(' and ')} are both set: set exactly one of ${names}`)
  }
  if (config.bedrockExternalId !== undefined && config.bedrockRoleArn === undefined) {
    faults.push('BEDROCK_EXTERNAL_ID needs BEDROCK_ROLE_ARN')
  }
  return faults
}

/** Where the process can be reached from its own machine: for the health check, which must not fail on any other variable. */
export function readAddress(env: NodeJS.ProcessEnv = process.env): { readonly host: string; readonly port: number } {
  const { HOST: host = '', PORT: port } = env
  return { host: ANY_ADDRESS.has(host) ? '127.0.0.1' : host, port: Number(port || 8080) }
}

const ANY_ADDRESS = new Set(['', '0.0.0.0', '::'])

/** Tells whether an address to listen on can only be reached from this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}
