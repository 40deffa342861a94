import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { createMediaFetcher, type MediaFetcher } from '../../media/remote-media.ts'

declare module 'fastify' {
  interface FastifyInstance {
    media: MediaFetcher
  }
}

/** Fetches media that callers refer to by URL. */
export const media = fp(
  async (app: FastifyInstance) => {
    const fetcher = createMediaFetcher({ enabled: app.config.fetchRemoteMedia, trustedHosts: app.config.mediaTrustedHosts })
    app.decorate('media', fetcher)
    app.addHook('onClose', () => fetcher.close())
  },
  { name: 'media' }
)
