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

/**
 * What went to each pool, by the id that was called, with what its ledger knows: ids that share a quota show the same one. A ledger that
 * knows something is told of before anything was answered there.
 */
function poolsOf({ usageBoard, bedrock }: FastifyInstance, now: number): readonly Named[] {
  const nameOf = ({ pool, region, model }: Named) => `${pool}\n${region}\n${model}`
  const quotas = new Map(
    bedrock
      .quotas()
      .flatMap((quota) =>
        quota.pools.flatMap((pool) => quota.ids.map((model) => [nameOf({ ...quota, pool, model }), quota] as const))
      )
  )
  const silent = new Set(quotas.values())
  const rows = [...usageBoard.pools()].map(({ recent, ...row }) => {
    const quota = quotas.get(nameOf(row))
    if (quota !== undefined) silent.delete(quota)
    return { ...row, tokens_last_minute: recent.lastMinute(now), ...(quota === undefined ? {} : { quota: numbersOf(quota) }) }
  })
  const told = [...silent].flatMap((quota) => {
    const { pools, region, model } = quota
    if (isBlank(quota)) return []
    const nothing = { requests: 0, tokens: 0, throttled: 0, tokens_last_minute: 0 }
    return [{ pool: pools.join(', '), region, model, ...nothing, quota: numbersOf(quota) }]
  })
  return [...rows, ...told]
}

function numbersOf({ region: _region, ...quota }: PoolQuota) {
  return quota
}
