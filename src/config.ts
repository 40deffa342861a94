import { OptionalKind, type Static, type TSchema, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { nearName } from './near-name.ts'

const text = (env: string, options: object) => Type.String({ env, minLength: 1, ...options })
const flag = (env: string, fallback: boolean, options: object) => Type.Boolean({ env, default: fallback, ...options })
const list = (env: string, options: object) => Type.Array(Type.String({ minLength: 1 }), { env, default: [], ...options })
const whole = (env: string, fallback: number, [minimum, maximum]: readonly [number, number], options: object) =>
  Type.Integer({ env, default: fallback, minimum, maximum, ...options })
/** What no variable can hold. */
const rows = (options: object) =>
  Type.Array(Type.Record(Type.String(), Type.Unknown()), { expects: 'must be a list of objects', ...options })
const budget = (env: string, period: string) =>
  Type.Number({
    env,
    minimum: 0,
    maximum: 1_000_000,
    description: `US dollars that each key without a budget of its own may spend in a ${period}`
  })
const hour = 3_600_000

/** A bucket, or a bucket and a prefix of its keys. */
const S3_PLACE = '^(?:s3://)?[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[^\\s*?]*)?$'
const RESPONSES_STORES = "^(?:memory|off|redis|s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[A-Za-z0-9!_.*'()/-]*)?)$"
const REGION = '^[a-z]{2,}(-[a-z]+)+-\\d+$'
/** As browsers send it: no path, no slash at the end. `*` may stand alone, `null` is a page's of no origin. */
const ORIGIN = '^(?:\\*|null|[a-z][a-z0-9+.-]*://[^\\s/,]+)$'

const ROLE = '^arn:[a-z-]+:iam::\\d{12}:role/.+$'
/** One account in one Region, through profiles of one kind. */
const PoolSchema = Type.Object(
  {
    name: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,63}$' })),
    region: Type.String({ pattern: REGION }),
    role: Type.Optional(Type.String({ pattern: ROLE })),
    externalId: Type.Optional(Type.String({ minLength: 1 })),
    profile: Type.Optional(Type.Union([Type.Literal('geo'), Type.Literal('global'), Type.Literal('none')])),
    weight: Type.Optional(Type.Number({ minimum: 0, maximum: 1000 }))
  },
  { additionalProperties: false }
)

const QuotaSchema = Type.Object(
  {
    ids: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
    region: Type.Optional(Type.String({ pattern: REGION })),
    pool: Type.Optional(Type.String({ minLength: 1 })),
    tokens_per_minute: Type.Optional(Type.Number({ minimum: 1 })),
    requests_per_minute: Type.Optional(Type.Number({ minimum: 1 })),
    tokens_per_day: Type.Optional(Type.Number({ minimum: 1 }))
  },
  { additionalProperties: false }
)

/**
 * Every setting by its section, with the variable that sets it, its default, its range and what it means: the README's tables are made of
 * these. `unset` tells what holds when it is not set, `secret` that its value is never told. Names of variables that
 * bedrock-access-gateway uses are kept. Times are milliseconds.
 */
export const ConfigSchema = Type.Object({
  server: Type.Object(
    {
      port: whole('PORT', 8080, [0, 65_535], { description: 'where it listens' }),
      host: text('HOST', { default: '0.0.0.0', description: 'where it listens' }),
      routePrefix: text('API_ROUTE_PREFIX', {
        default: '/api/v1',
        pattern: '^/[A-Za-z0-9/_.-]*[A-Za-z0-9_.-]$',
        description: 'main prefix; `/v1` is always served too'
      }),
      homePage: flag('HOME_PAGE', true, { description: 'the first page at `/`' }),
      allowedOrigins: Type.Array(Type.String({ pattern: ORIGIN }), {
        env: 'ALLOWED_ORIGINS',
        default: ['*'],
        expects: 'must be * or a list of origins, as in https://chat.example.com,http://localhost:3000',
        description: 'CORS: the origins whose pages may read answers, with commas'
      }),
      maxBodyBytes: whole('MAX_BODY_BYTES', 33_554_432, [1024, 1_073_741_824], { description: 'larger is 413' }),
      bodyMemoryBytes: Type.Optional(
        whole('BODY_MEMORY_BYTES', 0, [1_048_576, 1_099_511_627_776], {
          unset: 'by the memory of the container and the heap',
          description: 'what the bodies in flight may take in all; beyond it 503 and `retry-after`'
        })
      ),
      requestTimeoutMs: whole('REQUEST_TIMEOUT_MS', 300_000, [10, hour], {
        description: 'how long a request may take to come in'
      }),
      keepAliveTimeoutMs: whole('KEEP_ALIVE_TIMEOUT_MS', 75_000, [1000, 2 * hour], {
        description: "must be longer than the balancer's idle timeout"
      }),
      shutdownGraceMs: whole('SHUTDOWN_GRACE_MS', 110_000, [0, hour], { description: 'after SIGTERM: how long answers may run' }),
      drainDelayMs: whole('DRAIN_DELAY_MS', 0, [0, 600_000], { description: 'after SIGTERM: how long a balancer may still send' })
    },
    { title: 'Server' }
  ),

  auth: Type.Object(
    {
      mode: Type.Union([Type.Literal('on'), Type.Literal('off')], {
        env: 'AUTH',
        default: 'on',
        description:
          '`off` needs a loopback `HOST`; answered are loopback names and pages of loopback origins, or of `ALLOWED_ORIGINS` by name'
      }),
      adminKey: Type.Optional(
        text('ADMIN_KEY', {
          secret: true,
          description:
            "a key that sees the operator's view, `GET /admin/usage`, and can do nothing else; keys of a key set may be `admin` too"
        })
      ),
      apiKey: Type.Optional(text('API_KEY', { secret: true, description: 'one key, in clear' })),
      apiKeyParamName: Type.Optional(
        text('API_KEY_PARAM_NAME', {
          description: 'SSM Parameter Store: name or ARN; SecureString, String, hierarchical names'
        })
      ),
      apiKeySecretArn: Type.Optional(
        text('API_KEY_SECRET_ARN', { description: 'Secrets Manager: a bare string, `{"api_key": "..."}` or a key set' })
      ),
      apiKeysFile: Type.Optional(text('API_KEYS_FILE', { description: 'a key set in a file' })),
      keys: Type.Optional(rows({ secret: true, description: 'a key set in the file of `ADIT_CONFIG`: the list of its keys' }))
    },
    { title: 'Keys of callers' }
  ),

  aws: Type.Object(
    {
      region: Type.Optional(
        text('AWS_REGION', {
          pattern: REGION,
          unset: 'that of the shared config file',
          description: 'the home region: its geography (`us.`, `eu.`, ...) decides which profiles stand for base ids and `gpt-*`'
        })
      ),
      defaultRegion: Type.Optional(
        text('AWS_DEFAULT_REGION', { pattern: REGION, description: 'the home region where `AWS_REGION` is not set' })
      ),
      bedrockRegions: Type.Array(Type.String({ pattern: REGION }), {
        env: 'BEDROCK_REGIONS',
        default: [],
        expects: 'must be a list of regions, as in us-east-1,us-west-2',
        unset: 'the home region',
        description: 'ordered list to fail over in, with commas; the first is the home region'
      }),
      roleArn: Type.Optional(
        text('BEDROCK_ROLE_ARN', {
          pattern: ROLE,
          description: 'assume this role for Bedrock calls'
        })
      ),
      pools: Type.Optional(
        Type.Array(PoolSchema, {
          env: 'BEDROCK_POOLS',
          json: true,
          minItems: 1,
          maxItems: 50,
          expects:
            'must be a JSON list of pools, as in [{"region":"us-east-1","profile":"geo"},{"region":"us-east-1","profile":"global","weight":2}], with the members name, region, role, externalId, profile (geo, global or none) and weight (0 to 1000)',
          description:
            'JSON: pools of quota to spread conversations over, in place of `BEDROCK_REGIONS`: [docs/pools.md](docs/pools.md); the first names the home region'
        })
      ),
      externalId: Type.Optional(text('BEDROCK_EXTERNAL_ID', { description: 'the external id that the role asks for' })),
      bearerToken: Type.Optional(
        text('AWS_BEARER_TOKEN_BEDROCK', { secret: true, description: 'a Bedrock API key, in place of signed calls' })
      ),
      mantleEndpoint: Type.Optional(
        text('AWS_ENDPOINT_URL_BEDROCK_MANTLE', {
          pattern: '^https?://.+$',
          unset: '`https://bedrock-mantle.{region}.api.aws`',
          description: "where models are called that only Bedrock's own OpenAI surface has"
        })
      ),
      caBundle: Type.Optional(
        text('AWS_CA_BUNDLE', { description: 'authorities to trust beside the usual ones, for every call to AWS' })
      ),
      httpsProxy: Type.Optional(
        text('HTTPS_PROXY', { secret: true, description: 'the proxy of every call to AWS: models, lists, keys, STS' })
      ),
      httpProxy: Type.Optional(text('HTTP_PROXY', { secret: true, description: 'the same for endpoints without TLS' })),
      noProxy: Type.Optional(text('NO_PROXY', { description: 'hosts that are called without the proxy' }))
    },
    { title: 'AWS' }
  ),

  models: Type.Object(
    {
      defaultModel: Type.Optional(
        text('DEFAULT_MODEL', {
          unset: "a Claude Sonnet profile of the region's geography",
          description: 'what `gpt-*` becomes'
        })
      ),
      defaultEmbeddingModel: text('DEFAULT_EMBEDDING_MODEL', {
        default: 'cohere.embed-multilingual-v3',
        description: 'what `text-embedding-*` becomes'
      }),
      defaultImageModel: text('DEFAULT_IMAGE_MODEL', {
        default: 'stability.stable-image-core-v1:1',
        description: 'what `gpt-image-*` and `dall-e-*` become where a picture is made; Stability is in us-west-2 alone'
      }),
      defaultRerankModel: text('DEFAULT_RERANK_MODEL', {
        default: 'cohere.rerank-v3-5:0',
        description: "what Cohere's own `rerank-*` and `jina-reranker-*` become"
      }),
      moderationGuardrail: Type.Optional(
        text('MODERATION_GUARDRAIL', {
          pattern: '^[^\\s]+:(?:DRAFT|[1-9][0-9]{0,7})$',
          description:
            "the guardrail that judges `POST moderations`, as `id:version`; absent: Bedrock's own checks, which read no pictures"
        })
      ),
      aliases: Type.Record(
        Type.String(),
        Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })]),
        {
          env: 'MODEL_ALIASES',
          default: {},
          description: 'JSON: a name or glob to a model id, or to a list of them (tried in order)'
        }
      ),
      allowed: list('ALLOWED_MODELS', { unset: 'all', description: 'globs, with commas; hides and blocks the rest' }),
      traitsFile: Type.Optional(text('MODEL_TRAITS_FILE', { description: 'your rows over the built-in capability table' })),
      traits: Type.Optional(rows({ description: 'the same rows in the file of `ADIT_CONFIG`' })),
      crossRegionInference: flag('ENABLE_CROSS_REGION_INFERENCE', true, {
        description: 'whether the model list shows inference profiles of geographies'
      }),
      applicationInferenceProfiles: flag('ENABLE_APPLICATION_INFERENCE_PROFILES', true, {
        description: 'whether the model list shows application inference profiles'
      })
    },
    { title: 'Models' }
  ),

  answers: Type.Object(
    {
      defaultMaxTokens: Type.Optional(
        whole('DEFAULT_MAX_TOKENS', 0, [1, 1_000_000], {
          unset: "the model's ceiling, at most 8192",
          description: 'sent when the client sets no limit'
        })
      ),
      rightSizeLimits: Type.Union([Type.Literal('off'), Type.Literal('unset')], {
        env: 'RIGHT_SIZE_LIMITS',
        default: 'off',
        description:
          '`unset`: a limit that the client does not set is what answers to its key and model really need, where that is less; `off`'
      }),
      promptCaching: Type.Union([Type.Boolean(), Type.Literal('auto')], {
        env: 'ENABLE_PROMPT_CACHING',
        default: false,
        expects: 'must be one of auto, true, false, 1, 0, yes, no, on, off',
        description: 'set cache points without being asked: always (`true`), or where prefixes are seen to come again (`auto`)'
      }),
      reasoningFormat: Type.Union([Type.Literal('field'), Type.Literal('think'), Type.Literal('both'), Type.Literal('none')], {
        env: 'REASONING_FORMAT',
        default: 'field',
        description: '`field` (`reasoning_content`), `think` (`<think>` tags), `both`, `none`'
      }),
      heartbeatMs: whole('HEARTBEAT_MS', 15_000, [10, 600_000], { description: 'time between comments in a silent stream' }),
      streamCommitMs: whole('STREAM_COMMIT_MS', 15_000, [10, 600_000], {
        description: 'when the status of a stream is sent at the latest'
      })
    },
    { title: 'Answers' }
  ),

  responses: Type.Object(
    {
      store: text('RESPONSES_STORE', {
        default: 'memory',
        pattern: RESPONSES_STORES,
        expects: 'must be memory, s3://bucket/prefix, redis (in the server of REDIS_URL) or off',
        description:
          'where responses and conversations are kept for `previous_response_id` and the like: `memory` of the process, `s3://bucket/prefix`, `redis` (in `REDIS_URL`), or `off`'
      }),
      maxTokens: Type.Optional(
        whole('RESPONSES_MAX_TOKENS', 0, [1, 1_000_000], {
          unset: "`DEFAULT_MAX_TOKENS`, else the model's ceiling, at most 32000",
          description: 'sent when a client of the Responses API sets no limit'
        })
      ),
      ttlDays: whole('RESPONSES_TTL_DAYS', 30, [1, 365], {
        description: 'how long they are kept; a bucket needs a lifecycle rule of its own beside it. Days'
      }),
      memoryBytes: whole('RESPONSES_MEMORY_BYTES', 67_108_864, [65_536, 1_099_511_627_776], {
        description: 'what `memory` may take; beyond it the oldest go'
      }),
      storeTimeoutMs: whole('RESPONSES_STORE_TIMEOUT_MS', 2000, [10, 60_000], {
        description:
          'how long the store is waited for; later an answer goes out unkept, and what has to be read is refused with 503'
      })
    },
    { title: 'Responses' }
  ),

  media: Type.Object(
    {
      fetchRemote: flag('FETCH_REMOTE_MEDIA', true, { description: 'whether http(s) image and file URLs are fetched' }),
      trustedHosts: list('REMOTE_MEDIA_TRUSTED_HOSTS', {
        description: 'hosts that may be fetched from although their addresses are private'
      }),
      s3Buckets: Type.Array(Type.String({ pattern: S3_PLACE }), {
        env: 'S3_MEDIA_BUCKETS',
        default: [],
        unset: 'none',
        expects: 'must be a list of buckets and prefixes, as in reports,my-bucket/shared/pictures',
        description:
          "`bucket` or `bucket/prefix`, with commas: where `s3://` media may lie, which Bedrock reads with the gateway's rights"
      })
    },
    { title: 'Media' }
  ),

  upstream: Type.Object(
    {
      firstEventTimeoutMs: whole('UPSTREAM_FIRST_EVENT_TIMEOUT_MS', 120_000, [10, hour], {
        description: 'how long Bedrock may be silent before its first event'
      }),
      idleTimeoutMs: whole('UPSTREAM_IDLE_TIMEOUT_MS', 300_000, [10, hour], {
        description: 'how long Bedrock may be silent between events'
      }),
      totalTimeoutMs: whole('UPSTREAM_TOTAL_TIMEOUT_MS', hour, [10, 4 * hour], {
        description: 'how long an answer may take in all'
      }),
      maxAttempts: whole('UPSTREAM_MAX_ATTEMPTS', 3, [1, 10], { description: 'tries before the first event' }),
      queueMs: whole('QUEUE_MS', 0, [0, 60_000], {
        description:
          'how long a request may wait for room in its quota, where one is known or Bedrock has throttled; 0: throttled calls are made again blindly'
      }),
      serviceQuotas: flag('SERVICE_QUOTAS', true, {
        description: 'with `QUEUE_MS`: read the quotas from AWS Service Quotas (`servicequotas:ListServiceQuotas`), each hour'
      }),
      quotas: Type.Optional(
        Type.Array(QuotaSchema, {
          env: 'BEDROCK_QUOTAS',
          json: true,
          maxItems: 200,
          expects:
            'must be a JSON list of quotas, as in [{"ids":["us.anthropic.claude-sonnet-4-6"],"tokens_per_minute":6000000}], with the members ids (globs), region, pool, tokens_per_minute, requests_per_minute and tokens_per_day',
          description:
            'JSON: quotas by the ids that are called, which go before those of Service Quotas: [docs/economy.md](docs/economy.md)'
        })
      )
    },
    { title: 'Calls to Bedrock' }
  ),

  limits: Type.Object(
    {
      maxConcurrent: whole('MAX_CONCURRENT_REQUESTS', 2000, [1, 100_000], {
        description: 'answers at once; above it new work gets 503 and `retry-after`'
      }),
      maxEventLoopDelayMs: whole('MAX_EVENT_LOOP_DELAY_MS', 1000, [0, 60_000], {
        description: 'new work gets 503 while the process lags by more; `0`: never'
      }),
      redisUrl: Type.Optional(
        text('REDIS_URL', {
          pattern: '^(redis|rediss|valkey|valkeys)://.+',
          secret: true,
          description:
            'Valkey or Redis that keeps the limits and budgets of keys and the ledger of `QUEUE_MS` for all tasks together, and responses where `RESPONSES_STORE` says so'
        })
      )
    },
    { title: 'Limits' }
  ),

  prices: Type.Object(
    {
      rows: Type.Optional(rows({ description: 'your own prices, which go before the built-in ones' })),
      file: Type.Optional(text('PRICES_FILE', { description: 'the same rows in a file of their own, as JSON' })),
      multiplier: Type.Number({
        env: 'PRICE_MULTIPLIER',
        default: 1,
        minimum: 0,
        maximum: 100,
        description: 'what every cost is multiplied by: a discount, a reseller'
      })
    },
    { title: 'Prices' }
  ),

  budgets: Type.Object(
    {
      day: Type.Optional(budget('BUDGET_USD_PER_DAY', 'day, from midnight UTC')),
      week: Type.Optional(budget('BUDGET_USD_PER_WEEK', 'week, from Monday UTC')),
      month: Type.Optional(budget('BUDGET_USD_PER_MONTH', 'month, from its first UTC')),
      storeDown: Type.Union([Type.Literal('open'), Type.Literal('closed')], {
        env: 'BUDGET_STORE_DOWN',
        default: 'open',
        description:
          'keys with a budget while `REDIS_URL` does not answer: `open` lets them pass and counts later, `closed` answers 503'
      }),
      unpriced: Type.Union([Type.Literal('allow'), Type.Literal('refuse')], {
        env: 'BUDGET_UNPRICED',
        default: 'allow',
        description:
          'keys with a budget and a model whose price is not known: `allow` lets them pass uncounted, `refuse` answers 403'
      }),
      note: Type.Optional(
        text('BUDGET_NOTE', { maxLength: 300, description: 'a sentence for who has used a budget up: whom to ask' })
      )
    },
    { title: 'Budgets' }
  ),

  telemetry: Type.Object(
    {
      logLevel: Type.Union(
        ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'].map((level) => Type.Literal(level)),
        { env: 'LOG_LEVEL', default: 'info', description: 'from `trace` to `fatal`, or `silent`; words are logged at no level' }
      ),
      debug: flag('DEBUG', false, { description: '`true` is the level `debug`' }),
      metricsPort: Type.Optional(
        whole('METRICS_PORT', 0, [0, 65_535], { description: 'Prometheus at `/metrics` on a port of its own' })
      ),
      emf: flag('EMF', false, { description: '`on`: CloudWatch metrics in the log, once a minute' }),
      serviceName: text('OTEL_SERVICE_NAME', { default: 'adit', description: 'as the standard has it' }),
      otelDisabled: flag('OTEL_SDK_DISABLED', false, { description: 'as the standard has it' }),
      otlpEndpoint: Type.Optional(
        text('OTEL_EXPORTER_OTLP_ENDPOINT', {
          pattern: '^https?://.+',
          description: 'traces and metrics over OTLP (HTTP, JSON), by the GenAI conventions'
        })
      ),
      otlpTracesEndpoint: Type.Optional(
        text('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', { pattern: '^https?://.+', description: 'the same for traces alone' })
      ),
      otlpMetricsEndpoint: Type.Optional(
        text('OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', { pattern: '^https?://.+', description: 'the same for metrics alone' })
      ),
      otelSampler: Type.Union(
        [
          Type.Literal('always_on'),
          Type.Literal('always_off'),
          Type.Literal('traceidratio'),
          Type.Literal('parentbased_always_on'),
          Type.Literal('parentbased_always_off'),
          Type.Literal('parentbased_traceidratio')
        ],
        { env: 'OTEL_TRACES_SAMPLER', default: 'parentbased_always_on', description: 'as the standard has it' }
      ),
      otelSamplerArg: Type.Number({
        env: 'OTEL_TRACES_SAMPLER_ARG',
        default: 1,
        minimum: 0,
        maximum: 1,
        description: 'as the standard has it'
      })
    },
    { title: 'Telemetry' }
  )
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

/** The variable with what does not fit into variables: a path, `ssm:` and a parameter's name, or the document itself. */
export const CONFIG_FILE = 'ADIT_CONFIG'

/** A setting's place in the schema. */
export interface Setting {
  readonly section: string
  readonly field: string
  readonly schema: TSchema
  /** The variable that sets it; undefined: only a document can. */
  readonly variable: string | undefined
}

/** Every setting of the schema, in its order. */
export function settings(): readonly Setting[] {
  return Object.entries(ConfigSchema.properties).flatMap(([section, { properties }]) =>
    Object.entries<TSchema>(properties).map(([field, schema]) => {
      const variable = typeof schema.env === 'string' ? schema.env : undefined
      return { section, field, schema, variable }
    })
  )
}

/** A setting as it is in force, and what set it: a variable's name, `file`, `default`, or `unset`. */
export interface Effective extends Setting {
  readonly value: unknown
  readonly from: string
}

/** What was read, with all that is wrong with it. Only where nothing is wrong is it a whole Config. */
export interface Reading {
  readonly effective: readonly Effective[]
  readonly faults: readonly string[]
}

/**
 * Reads the configuration from environment variables and from a document with the schema's sections; empty means unset, and a variable
 * wins. Throws ConfigError with every fault at once. Values of secrets are never in a fault.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env, document?: unknown): Config {
  const { effective, faults } = readSettings(env, document)
  if (faults.length > 0) throw new ConfigError(faults)
  return configOf(effective)
}

/** The same with what set each, whatever is wrong. */
export function readSettings(env: NodeJS.ProcessEnv = process.env, document?: unknown): Reading {
  const faults = document === undefined ? [] : strangers(document)
  const effective = settings().map((setting): Effective => {
    const { schema, variable } = setting
    const given = variable === undefined ? undefined : readVariable(schema, variable, env, faults)
    if (given !== undefined) return { ...setting, value: given, from: String(variable) }
    const written = readMember(setting, document, faults)
    if (written !== undefined) return { ...setting, value: written, from: 'file' }
    const isOptional = schema[OptionalKind] === 'Optional'
    return { ...setting, value: isOptional ? undefined : schema.default, from: isOptional ? 'unset' : 'default' }
  })
  if (faults.length === 0) faults.push(...contradictions(configOf(effective)))
  return { effective, faults }
}

function configOf(effective: readonly Effective[]): Config {
  const config: Record<string, Record<string, unknown>> = {}
  for (const { section, field, value } of effective) {
    config[section] ??= {}
    if (value !== undefined) config[section][field] = value
  }
  return config as Config
}

/** The calls to AWS that are needed to read the rest, by the variables alone. */
export function readAws(env: NodeJS.ProcessEnv = process.env): Pick<Config, 'aws'> {
  return configOf(readSettings(env).effective)
}

/** The profile of the shared config files that the AWS SDK takes; undefined: none is named, so that `default` is only one place of many. */
export function readProfile(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return env.AWS_PROFILE?.trim() || undefined
}

/** Takes an empty `AWS_REGION` away, as Compose sets it: to the AWS SDK it is a region, and the shared config file is never asked. */
export function unsetEmptyRegion(env: NodeJS.ProcessEnv = process.env): void {
  if (env.AWS_REGION?.trim() === '') delete env.AWS_REGION
}

/** What `ADIT_CONFIG` holds; undefined: nothing. */
export function readPlace(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return env[CONFIG_FILE]?.trim() || undefined
}

function readVariable(schema: TSchema, name: string, env: NodeJS.ProcessEnv, faults: string[]): unknown {
  const raw = (env[name] ?? (LOWER_CASE_TOO.has(name) ? env[name.toLowerCase()] : undefined))?.trim()
  if (raw === undefined || raw === '') return undefined
  const value = convert(schema, raw)
  if (value !== undefined && Value.Check(schema, value)) return value
  faults.push(`${name} ${expectation(schema)}`)
  return undefined
}

function readMember({ section, field, schema }: Setting, document: unknown, faults: string[]): unknown {
  const members = isMap(document) ? document[section] : undefined
  const given = isMap(members) ? members[field] : undefined
  if (given === undefined || given === null || given === '') return undefined
  const value = typeof given === 'string' ? convert(schema, given.trim()) : given
  if (value !== undefined && Value.Check(schema, value)) return value
  faults.push(`${section}.${field} ${expectation(schema)}`)
  return undefined
}

/** Members of a document that the schema does not have: a misspelt restriction is no restriction. */
function strangers(document: unknown): string[] {
  if (!isMap(document)) return [`${CONFIG_FILE} must hold an object with the sections ${SECTIONS.join(', ')}`]
  return Object.entries(document).flatMap(([section, members]) => {
    const known = fieldsOf(section)
    if (known === undefined) return [`${section} ${unknownAmong(section, SECTIONS)}`]
    if (members === undefined || members === null) return []
    if (!isMap(members)) return [`${section} must be an object`]
    return Object.keys(members)
      .filter((field) => !known.includes(field))
      .map((field) => `${section}.${field} ${unknownAmong(field, known)}`)
  })
}

const SECTIONS = Object.keys(ConfigSchema.properties)

function fieldsOf(section: string): readonly string[] | undefined {
  const of = Object.entries(ConfigSchema.properties).find(([name]) => name === section)
  return of && Object.keys(of[1].properties)
}

function unknownAmong(name: string, known: readonly string[]): string {
  const meant = nearName(name, known)
  return meant === undefined ? `means nothing here; known are ${known.join(', ')}` : `means nothing here; is ${meant} meant?`
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
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
  const known = [...settings().flatMap(({ variable }) => variable ?? []), CONFIG_FILE]
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
      if (schema.json === true) return parseJson(raw)
      if (schema.env === undefined) return undefined
      return raw
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '')
    case 'object':
      return parseJson(raw)
    default:
      return schema.anyOf ? convertUnion(schema.anyOf, raw.toLowerCase()) : raw
  }
}

/** One of several words, or a switch where that is among them. */
function convertUnion(options: readonly TSchema[], word: string): unknown {
  if (!options.some(({ type, const: value }) => type === 'boolean' && value === undefined)) return word
  return TRUE.has(word) ? true : FALSE.has(word) ? false : word
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
  return 'must be text, and not empty'
}

const KEY_SOURCES = [
  ['API_KEY', 'apiKey'],
  ['API_KEY_PARAM_NAME', 'apiKeyParamName'],
  ['API_KEY_SECRET_ARN', 'apiKeySecretArn'],
  ['API_KEYS_FILE', 'apiKeysFile'],
  ['auth.keys', 'keys']
] as const

function contradictions({ auth, aws, limits, models, prices, responses, upstream, server: { host } }: Config): string[] {
  const faults: string[] = quotaFaults(upstream, aws)
  const sources = KEY_SOURCES.filter(([, field]) => auth[field] !== undefined).map(([name]) => name)
  const names = KEY_SOURCES.map(([name]) => name).join(', ')
  if (auth.mode === 'off') {
    if (!isLoopback(host)) faults.push(`AUTH=off is only allowed when HOST is a loopback address, and HOST is ${host}`)
    if (sources.length > 0) faults.push(`AUTH=off contradicts ${sources.join(', ')}: unset one of them`)
  } else if (sources.length === 0) {
    faults.push(`no source of API keys: set exactly one of ${names}`)
  } else if (sources.length > 1) {
    faults.push(`${sources.join(' and ')} are both set: set exactly one of ${names}`)
  }
  if (aws.externalId !== undefined && aws.roleArn === undefined) {
    faults.push('BEDROCK_EXTERNAL_ID needs BEDROCK_ROLE_ARN')
  }
  faults.push(...poolFaults(aws, models))
  if (models.traits !== undefined && models.traitsFile !== undefined) {
    faults.push('MODEL_TRAITS_FILE and models.traits are both set: unset one of them')
  }
  if (prices.rows !== undefined && prices.file !== undefined) {
    faults.push('PRICES_FILE and prices.rows are both set: unset one of them')
  }
  if (responses.store === 'redis' && limits.redisUrl === undefined) faults.push('RESPONSES_STORE=redis needs REDIS_URL')
  return faults
}

function quotaFaults({ quotas = [] }: Config['upstream'], { pools = [] }: Config['aws']): string[] {
  const faults: string[] = []
  if (quotas.some((row) => (row.tokens_per_minute ?? row.requests_per_minute ?? row.tokens_per_day) === undefined))
    faults.push('BEDROCK_QUOTAS: a quota needs tokens_per_minute, requests_per_minute or tokens_per_day')
  const named = new Set(pools.map(({ name }) => name))
  for (const { pool } of quotas)
    if (pool !== undefined && !named.has(pool)) faults.push(`BEDROCK_QUOTAS: no pool of BEDROCK_POOLS is named ${pool}`)
  return faults
}

function poolFaults(
  { pools = [], bedrockRegions, bearerToken }: Config['aws'],
  { crossRegionInference }: Config['models']
): string[] {
  if (pools.length === 0) return []
  const faults: string[] = []
  if (bedrockRegions.length > 0) faults.push('BEDROCK_POOLS and BEDROCK_REGIONS are both set: unset one of them')
  if (pools.some(({ role, externalId }) => externalId !== undefined && role === undefined))
    faults.push('BEDROCK_POOLS: an externalId needs a role beside it')
  if (bearerToken !== undefined && pools.some(({ role }) => role !== undefined))
    faults.push('AWS_BEARER_TOKEN_BEDROCK contradicts the roles of BEDROCK_POOLS: unset one of them')
  if (!crossRegionInference && pools.some(({ profile }) => profile === 'geo' || profile === 'global'))
    faults.push('ENABLE_CROSS_REGION_INFERENCE=false contradicts the profiles of BEDROCK_POOLS: let them be none, or unset it')
  const names = pools.flatMap(({ name }) => name ?? [])
  if (new Set(names).size < names.length) faults.push('BEDROCK_POOLS: two pools have the same name')
  const places = pools.map(({ region, role, profile }) => `${region} ${role} ${profile}`)
  if (new Set(places).size < places.length) faults.push('BEDROCK_POOLS: two pools are the same: region, role and profile')
  return faults
}

/** Tells whether an address to listen on can only be reached from this machine. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}
