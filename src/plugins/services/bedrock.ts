import { readFile } from 'node:fs/promises'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { configuredRegions } from '../../aws/regions.ts'
import { sdkHandler } from '../../aws/sdk-http.ts'
import { type Bedrock, type BedrockOptions, createBedrock } from '../../bedrock/bedrock.ts'
import type { Pool } from '../../bedrock/places.ts'
import type { QuotaNews, QuotaRow } from '../../bedrock/quota-book.ts'
import type { ProxyOptions } from '../../bedrock/transport/agent.ts'
import type { Config } from '../../config.ts'
import { parseTraitRows, type TraitRow } from '../../models/traits.ts'
import { connectValkey } from '../../stores/connect-valkey.ts'
import { createValkeyQuota } from '../../stores/valkey-quota.ts'

declare module 'fastify' {
  interface FastifyInstance {
    bedrock: Bedrock
  }
}

/** The way to Bedrock: made at start, warmed while the process already listens, closed last. */
export const bedrock = fp(
  async (app: FastifyInstance) => {
    const { config } = app
    const made = createBedrock({
      regions: configuredRegions(config),
      pools: poolsOf(config),
      residencyOf: (owner) => app.residencyOf(owner),
      onTrouble: ({ pools, error }) => app.log.warn({ err: error, ...(pools.length > 0 && { pools }) }, error.message),
      ...(config.aws.roleArn !== undefined && { roleArn: config.aws.roleArn }),
      ...(config.aws.externalId !== undefined && { externalId: config.aws.externalId }),
      ...(config.aws.bearerToken !== undefined && { bearerToken: config.aws.bearerToken }),
      ...(config.aws.mantleEndpoint !== undefined && { mantleEndpoint: config.aws.mantleEndpoint }),
      ...(config.aws.caBundle !== undefined && { caFile: config.aws.caBundle }),
      proxy: proxyOf(config),
      handler: () => sdkHandler(config),
      connections: config.limits.maxConcurrent,
      traitRows: await operatorRows(config),
      defaults: {
        autoCache: config.answers.promptCaching === true,
        ...(config.answers.defaultMaxTokens !== undefined && { maxTokens: config.answers.defaultMaxTokens })
      },
      plansCache: config.answers.promptCaching === 'auto',
      observer: app.metrics.observer,
      maxAttempts: config.upstream.maxAttempts,
      queueMs: config.upstream.queueMs,
      quotas: {
        areRead: config.upstream.serviceQuotas,
        rows: quotaRows(config),
        copiesOf: (id) => app.catalog.known.get(id)?.copies,
        onNews: (news) => tellQuotas(app.log, news)
      },
      ...quotaStoreOf(app),
      firstEventTimeoutMs: config.upstream.firstEventTimeoutMs,
      idleTimeoutMs: config.upstream.idleTimeoutMs
    })
    app.decorate('bedrock', made)
    app.metrics.quota.watch(made.quotas)
    app.readiness.add(() => {
      const { ok, reasons } = made.ready()
      return ok ? undefined : reasons.join('; ')
    })
    app.addHook('onReady', () => {
      made.readQuotas()
      made.warm().then(
        () => app.log.info({ ready_ms: Math.round(performance.now()) }, 'Bedrock is warm'),
        (error: Error) => app.log.warn({ err: error }, error.message)
      )
    })
    app.addHook('onClose', () => made.close())
  },
  { name: 'bedrock', dependencies: ['readiness', 'metrics'] }
)

function quotaRows({ upstream: { quotas = [] } }: Config): readonly QuotaRow[] {
  return quotas.map(({ tokens_per_minute: tokens, requests_per_minute: requests, tokens_per_day: day, ...place }) => ({
    ...place,
    ...(tokens === undefined ? {} : { tokensPerMinute: tokens }),
    ...(requests === undefined ? {} : { requestsPerMinute: requests }),
    ...(day === undefined ? {} : { tokensPerDay: day })
  }))
}

function tellQuotas(log: FastifyBaseLogger, { error, table, ...where }: QuotaNews): void {
  if (error !== undefined)
    log.warn({ ...where, err: error }, 'quotas could not be read from Service Quotas; they are learnt from what Bedrock refuses')
  if (table === undefined) return
  const { size, ambiguous, zero } = table
  const odd = { ...(ambiguous.length > 0 && { ambiguous }), ...(zero.length > 0 && { zero }) }
  log.info({ ...where, quotas: size, ...odd }, 'quotas were read from Service Quotas')
}

/** The ledger of the quotas is one for all gateways that share a Valkey. */
function quotaStoreOf(app: FastifyInstance): Pick<BedrockOptions, 'quotaStore'> {
  const { upstream, limits } = app.config
  if (upstream.queueMs === 0 || limits.redisUrl === undefined) return {}
  // What keeps it from coming about is told with the first exchange that fails.
  const options = { url: limits.redisUrl, onError: () => {}, isAwaited: true } as const
  app.metrics.quota.store(true)
  return {
    quotaStore: {
      store: createValkeyQuota(connectValkey(options), Date.now),
      listener(isUp, err) {
        app.metrics.quota.store(isUp)
        if (isUp) app.log.info('the store of the quotas is back')
        else app.log.warn({ err }, 'the store of the quotas does not answer; this gateway goes on with a ledger of its own')
      }
    }
  }
}

/** The pools with names for all; those that the operator did not name are told by where they are. */
function poolsOf({ aws: { pools = [] } }: Config): readonly Pool[] {
  const taken = new Set(pools.flatMap(({ name }) => name ?? []))
  return pools.map(({ name, region, role: roleArn, externalId, profile, weight = 1 }) => ({
    name: name ?? freeName(taken, profile === undefined ? region : `${region}/${profile}`),
    region,
    weight,
    ...(roleArn !== undefined && { roleArn }),
    ...(externalId !== undefined && { externalId }),
    ...(profile !== undefined && { profile })
  }))
}

function freeName(taken: Set<string>, wanted: string): string {
  let name = wanted
  for (let number = 2; taken.has(name); number++) name = `${wanted}/${number}`
  taken.add(name)
  return name
}

function proxyOf({ aws: { httpsProxy, httpProxy, noProxy } }: Config): ProxyOptions {
  return {
    ...(httpsProxy !== undefined && { httpsProxy }),
    ...(httpProxy !== undefined && { httpProxy }),
    ...(noProxy !== undefined && { noProxy })
  }
}

async function operatorRows(config: Config): Promise<readonly TraitRow[]> {
  if (config.models.traits !== undefined) return parseTraitRows(config.models.traits)
  if (config.models.traitsFile === undefined) return []
  try {
    return parseTraitRows(JSON.parse(await readFile(config.models.traitsFile, 'utf8')))
  } catch (cause) {
    throw new Error(`MODEL_TRAITS_FILE cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}
