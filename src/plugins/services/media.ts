import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { createMediaFetcher, type MediaFetcher } from '../../media/remote-media.ts'

declare module 'fastify' {
  interface FastifyInstance {
    media: MediaFetcher
  }
}

/** Fetches media that callers refer to by URL, and tells which in S3 they may refer to. */
export const media = fp(
  async (app: FastifyInstance) => {
    const fetcher = createMediaFetcher({
      enabled: app.config.fetchRemoteMedia,
      trustedHosts: app.config.mediaTrustedHosts,
      s3Places: app.config.s3MediaBuckets
    })
    app.decorate('media', fetcher)
    app.addHook('onClose', () => fetcher.close())
  },
  { name: 'media' }
)
