import type { FastifyInstance } from 'fastify'
import { dollars } from '../../core/usage.ts'

/**
 * `GET admin/usage`: what this process has done since its start, by key and model, by pool and by minute, for who has an admin key.
 * Each replica tells of itself alone.
 */
export async function usage(app: FastifyInstance): Promise<void> {
  app.get('/admin/usage', (_request, reply) => {
    const { usageBoard: board } = app
    const now = Date.now()
    const quotas = new Map(
      app.bedrock.quotas().map(({ pool, region, model, ...quota }) => [`${pool}\n${region}\n${model}`, quota])
    )
    reply.header('cache-control', 'no-store')
    return {
      object: 'usage',
      since: new Date(board.since).toISOString(),
      now: new Date(now).toISOString(),
      configured_pools: app.bedrock.pools.map(({ name, region, profile, weight }) => {
        const trouble = app.bedrock.trouble(name)
        return { name, region, ...(profile && { profile }), weight, ...(trouble && { trouble }) }
      }),
      keys: [...board.rows()].map(({ cost_nano, saved_nano, ...row }) => ({
        ...row,
        cost_usd: Number(dollars(cost_nano)),
        saved_by_cache_usd: Number(dollars(saved_nano))
      })),
      pools: [...board.pools()].map(({ recent, ...row }) => {
        const quota = quotas.get(`${row.pool}\n${row.region}\n${row.model}`)
        return { ...row, tokens_last_minute: recent.lastMinute(now), ...(quota === undefined ? {} : { quota }) }
      }),
      minutes: board.minutes().map(({ minute, cost_nano, ...counts }) => ({
        at: new Date(minute * 60_000).toISOString(),
        ...counts,
        cost_usd: Number(dollars(cost_nano))
      }))
    }
  })
}
