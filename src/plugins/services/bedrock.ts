import { readFile } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { configuredRegions } from '../../aws/regions.ts'
import { sdkHandler } from '../../aws/sdk-http.ts'
import { type Bedrock, createBedrock } from '../../bedrock/bedrock.ts'
import type { ProxyOptions } from '../../bedrock/transport/agent.ts'
import type { Config } from '../../config.ts'
import { parseTraitRows, type TraitRow } from '../../models/traits.ts'

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
      ...(config.bedrockRoleArn !== undefined && { roleArn: config.bedrockRoleArn }),
      ...(config.bedrockExternalId !== undefined && { externalId: config.bedrockExternalId }),
      ...(config.bearerToken !== undefined && { bearerToken: config.bearerToken }),
      ...(config.caBundle !== undefined && { caFile: config.caBundle }),
      proxy: proxyOf(config),
      handler: () => sdkHandler(config),
      connections: config.maxConcurrent,
      traitRows: await operatorRows(config),
      defaults: {
        autoCache: config.promptCaching,
        ...(config.defaultMaxTokens !== undefined && { maxTokens: config.defaultMaxTokens })
      },
      observer: app.metrics.observer,
      maxAttempts: config.maxAttempts,
      firstEventTimeoutMs: config.firstEventTimeoutMs,
      idleTimeoutMs: config.idleTimeoutMs
    })
    app.decorate('bedrock', made)
    app.readiness.add(() => {
      const { ok, reasons } = made.ready()
      return ok ? undefined : reasons.join('; ')
    })
    app.addHook('onReady', () => {
      made.warm().then(
        () => app.log.info({ ready_ms: Math.round(performance.now()) }, 'Bedrock is warm'),
        (error: Error) => app.log.warn({ err: error }, error.message)
      )
    })
    app.addHook('onClose', () => made.close())
  },
  { name: 'bedrock', dependencies: ['readiness', 'metrics'] }
)

function proxyOf({ httpsProxy, httpProxy, noProxy }: Config): ProxyOptions {
  return {
    ...(httpsProxy !== undefined && { httpsProxy }),
    ...(httpProxy !== undefined && { httpProxy }),
    ...(noProxy !== undefined && { noProxy })
  }
}

async function operatorRows(config: Config): Promise<readonly TraitRow[]> {
  if (config.modelTraitsFile === undefined) return []
  try {
    return parseTraitRows(JSON.parse(await readFile(config.modelTraitsFile, 'utf8')))
  } catch (cause) {
    throw new Error(`MODEL_TRAITS_FILE cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}
