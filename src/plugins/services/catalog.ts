import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { configuredRegions } from '../../aws/regions.ts'
import { sdkHandler } from '../../aws/sdk-http.ts'
import { type Catalog, createCatalog } from '../../bedrock/catalog/catalog.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The models of the first region. Nothing but `GET models` ever waits for it. */
    catalog: Catalog
  }
}

/** The model lists, read in the background from the start on. */
export const catalog = fp(
  async (app: FastifyInstance) => {
    const { config } = app
    const regions = configuredRegions(config)
    const [region] = regions
    const [pool] = config.aws.pools ?? []
    const { role: roleArn, externalId } =
      pool?.role === undefined ? { role: config.aws.roleArn, externalId: config.aws.externalId } : pool
    const made = createCatalog({
      handler: () => sdkHandler(config),
      ...(region === undefined ? {} : { region }),
      regions,
      ...(roleArn === undefined
        ? {}
        : {
            role: {
              roleArn,
              ...(externalId === undefined ? {} : { externalId }),
              handler: () => sdkHandler(config)
            }
          }),
      crossRegion: config.models.crossRegionInference,
      applicationProfiles: config.models.applicationInferenceProfiles,
      mantle: (signal) => app.bedrock.mantleModels(signal),
      log: app.log
    })
    app.decorate('catalog', made)
    app.addHook('onReady', () => {
      void made.refresh()
    })
    app.addHook('onClose', async () => made.close())
  },
  { name: 'catalog', dependencies: ['bedrock'] }
)
