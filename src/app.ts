import sensible from '@fastify/sensible'
import fastify, { type FastifyInstance, LogController } from 'fastify'
import type { Config } from './config.ts'
import { ANTHROPIC_ERRORS } from './dialects/anthropic-messages/error-words.ts'
import { BEDROCK_ERRORS } from './dialects/aws-bedrock/error-words.ts'
import { OPENAI_ERRORS } from './dialects/openai/error-words.ts'
import { schemaError } from './dialects/openai/schema-error.ts'
import { clientErrors, LONGEST_HEADERS_MS } from './http/client-errors.ts'
import { errorHandler, frameworkErrors } from './http/error-handler.ts'
import { heads } from './http/heads.ts'
import { heartbeats } from './http/heartbeats.ts'
import { jsonBody } from './http/json-body.ts'
import { lifecycle } from './http/lifecycle.ts'
import { requestId } from './http/request-id.ts'
import { requestRecord } from './http/request-record.ts'
import { rightSize } from './http/right-size.ts'
import { spelling } from './http/spelling.ts'
import { timing } from './http/timing.ts'
import type { Tongues } from './http/words-of.ts'
import { billing } from './plugins/routes/billing.ts'
import { chat } from './plugins/routes/chat.ts'
import { completions } from './plugins/routes/completions.ts'
import { conversations } from './plugins/routes/conversations.ts'
import { embeddings } from './plugins/routes/embeddings.ts'
import { explain } from './plugins/routes/explain.ts'
import { health } from './plugins/routes/health.ts'
import { home } from './plugins/routes/home.ts'
import { images } from './plugins/routes/images.ts'
import { hello, messages } from './plugins/routes/messages.ts'
import { models } from './plugins/routes/models.ts'
import { moderations } from './plugins/routes/moderations.ts'
import { native } from './plugins/routes/native.ts'
import { rerank } from './plugins/routes/rerank.ts'
import { responses } from './plugins/routes/responses.ts'
import { usage } from './plugins/routes/usage.ts'
import { auth } from './plugins/services/auth.ts'
import { bedrock } from './plugins/services/bedrock.ts'
import { budgets } from './plugins/services/budgets.ts'
import { catalog } from './plugins/services/catalog.ts'
import { cors } from './plugins/services/cors.ts'
import { costs } from './plugins/services/costs.ts'
import { limits } from './plugins/services/limits.ts'
import { media } from './plugins/services/media.ts'
import { openDoor } from './plugins/services/open-door.ts'
import { overload } from './plugins/services/overload.ts'
import { readiness } from './plugins/services/readiness.ts'
import { records } from './plugins/services/records.ts'
import { resolve } from './plugins/services/resolve.ts'
import { emf } from './telemetry/emf.ts'
import { loggerOptions, requestLog } from './telemetry/log.ts'
import type { LogOutput } from './telemetry/log-output.ts'
import { metrics } from './telemetry/metrics.ts'
import { metricsServer } from './telemetry/metrics-server.ts'
import { otel } from './telemetry/otel.ts'
import { usageBoard } from './telemetry/usage-board.ts'

declare module 'fastify' {
  interface FastifyInstance {
    config: Config
  }
}

const LOOK_EVERY_MS = 10_000

const TONGUES: Tongues = {
  usual: OPENAI_ERRORS,
  others: [
    { errors: ANTHROPIC_ERRORS, path: /^\/anthropic(?:\/|$)|\/messages(?:\/|$)/, header: 'anthropic-version' },
    { errors: BEDROCK_ERRORS, path: /^(?:\/bedrock)?\/(?:model|guardrail|guardrail-checks)\//, header: 'amz-sdk-invocation-id' }
  ]
}

/**
 * Builds the whole application, ready to listen. The order below is the order in which hooks run. Starts no I/O before `ready`.
 * Its log goes to `output`, or line by line to standard output.
 */
export async function buildApp(config: Config, output?: LogOutput): Promise<FastifyInstance> {
  const app = fastify({
    logger: { ...loggerOptions(config), ...(output === undefined ? {} : { stream: output }) },
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (logger) => logger, // what is logged of a request names it itself: one line does not pay for a logger
    genReqId: requestId,
    frameworkErrors: frameworkErrors(TONGUES),
    bodyLimit: config.server.maxBodyBytes,
    keepAliveTimeout: config.server.keepAliveTimeoutMs,
    requestTimeout: config.server.requestTimeoutMs,
    http: requestWatch(config),
    clientErrorHandler: clientErrors(OPENAI_ERRORS),
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 4096, ignoreTrailingSlash: true, ignoreDuplicateSlashes: true },
    schemaErrorFormatter: (faults) => schemaError(faults),
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: false } }
  })
  app.decorate('config', config)

  await app.register(sensible)
  await app.register(requestRecord)
  await app.register(costs)
  await app.register(timing)
  await app.register(requestLog)
  await app.register(readiness)
  await app.register(lifecycle)
  await app.register(heartbeats)
  await app.register(metrics, { droppedLines: () => output?.dropped ?? 0 })
  await app.register(metricsServer)
  await app.register(usageBoard)
  await app.register(emf)
  await app.register(otel)
  await app.register(openDoor)
  await app.register(cors)
  await app.register(heads, { errors: OPENAI_ERRORS })
  await app.register(jsonBody)
  await app.register(spelling)
  await app.register(errorHandler, { tongues: TONGUES })

  await app.register(bedrock)
  await app.register(catalog)
  await app.register(auth)
  await app.register(overload)
  await app.register(limits)
  await app.register(budgets)
  await app.register(resolve)
  await app.register(media)
  await app.register(records)
  await app.register(rightSize)

  await app.register(health)
  await app.register(home)
  await app.register(hello)
  for (const prefix of prefixes(config)) await app.register(api, { prefix })
  for (const prefix of new Set([config.server.routePrefix, '/v1', ''])) await app.register(adminApi, { prefix })
  for (const prefix of ['/anthropic', '/anthropic/v1']) await app.register(anthropicApi, { prefix })
  for (const prefix of ['/', '/bedrock']) await app.register(bedrockApi, { prefix })
  return app
}

/** Node ends a request that does not come in whole within the time; how long its answer takes is another matter. */
function requestWatch({ server: { requestTimeoutMs } }: Config) {
  return {
    requireHostHeader: false, // refused with a body instead
    requestTimeout: requestTimeoutMs,
    headersTimeout: Math.min(LONGEST_HEADERS_MS, requestTimeoutMs),
    connectionsCheckingInterval: Math.min(LOOK_EVERY_MS, requestTimeoutMs)
  }
}

/**
 * Everything that needs a key. The routes share this context: one of its own for each, under ten prefixes, was a sixth of the time that the
 * application takes to build. Images alone have one, for their reader of forms.
 */
async function api(app: FastifyInstance): Promise<void> {
  admitFirst(app)
  await chat(app)
  await completions(app)
  await models(app)
  await embeddings(app)
  await billing(app)
  await messages(app)
  await responses(app)
  await conversations(app)
  await rerank(app)
  await app.register(images)
  await moderations(app)
  await explain(app)
}

/** What Anthropic's clients ask for, under a path of their own. */
async function anthropicApi(app: FastifyInstance): Promise<void> {
  admitFirst(app)
  await messages(app)
  await models(app)
}

/** What the AWS SDKs ask for. */
async function bedrockApi(app: FastifyInstance): Promise<void> {
  admitFirst(app)
  await native(app)
}

/** What only operators may see. */
async function adminApi(app: FastifyInstance): Promise<void> {
  app.addHook('onRequest', (request, _reply, done) => settle(app.authenticateAdmin(request), done))
  await app.register(usage)
}

function admitFirst(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => settle(app.authenticate(request), done))
  app.addHook('onRequest', (request, reply, done) => settle(app.limit(request, reply), done))
}

/** Goes on at once when there is nothing to wait for, which is nearly always. */
function settle(work: void | Promise<void>, done: (error?: Error) => void): void {
  if (work === undefined) done()
  else work.then(() => done(), done)
}

/**
 * Where the API answers: the operator's prefix, `/v1`, OpenAI's path behind a host name, Azure's paths, and the first two with the `/v1`
 * that users type once too often or leave away.
 */
function prefixes(config: Config): readonly string[] {
  const main = config.server.routePrefix
  const bare = main.replace(/\/v1$/, '')
  // The ARN of a profile has a slash, which not every client encodes.
  const azure = ['/openai/deployments/:deployment', '/openai/deployments/:deployment/:profile']
  return [...new Set([main, `${main}/v1`, bare, '/v1', '/v1/v1', '', '/openai', '/openai/v1', ...azure])]
}
