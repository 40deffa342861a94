import type { FastifyInstance } from 'fastify'
import { isBlank, type PoolQuota } from '../../bedrock/run/admissions.ts'
import { dollars } from '../../core/usage.ts'

/**
 * `GET admin/usage`: what this process has done since its start, by key and model, by pool and by minute, for who has an admin key.
 * Each replica tells of itself alone.
 */
export async function usage(app: FastifyInstance): Promise<void> {
  app.get('/admin/usage', (_request, reply) => {
    const { usageBoard: board } = app
    const now = Date.now()
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
      pools: poolsOf(app, now),
      minutes: board.minutes().map(({ minute, cost_nano, ...counts }) => ({
        at: new Date(minute * 60_000).toISOString(),
        ...counts,
        cost_usd: Number(dollars(cost_nano))
      }))
    }
  })
}

type Named = Readonly<Record<'pool' | 'region' | 'model', string>>

/** What went to each pool, with what its ledger knows; a ledger that knows something is told of before anything was answered there. */
function poolsOf({ usageBoard, bedrock }: FastifyInstance, now: number): readonly Named[] {
  const nameOf = ({ pool, region, model }: Named) => `${pool}\n${region}\n${model}`
  const quotas = new Map(bedrock.quotas().map((quota) => [nameOf(quota), quota]))
  const rows = [...usageBoard.pools()].map(({ recent, ...row }) => {
    const quota = quotas.get(nameOf(row))
    quotas.delete(nameOf(row))
    return { ...row, tokens_last_minute: recent.lastMinute(now), ...(quota === undefined ? {} : { quota: numbersOf(quota) }) }
  })
  const silent = [...quotas.values()].flatMap((quota) => {
    const { pool, region, model } = quota
    if (isBlank(quota)) return []
    return [{ pool, region, model, requests: 0, tokens: 0, throttled: 0, tokens_last_minute: 0, quota: numbersOf(quota) }]
  })
  return [...rows, ...silent]
}

function numbersOf({ pool: _pool, region: _region, model: _model, ...numbers }: PoolQuota) {
  return numbers
}
