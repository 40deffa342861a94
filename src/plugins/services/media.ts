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
      enabled: app.config.media.fetchRemote,
      trustedHosts: app.config.media.trustedHosts,
      s3Places: app.config.media.s3Buckets
    })
    app.decorate('media', fetcher)
    app.addHook('onClose', () => fetcher.close())
  },
  { name: 'media' }
)
