import { Gauge, type Registry } from 'prom-client'
import { isBlank, type PoolQuota } from '../bedrock/run/admissions.ts'

/** What is counted of the account's quotas. */
export interface QuotaMetrics {
  /** Whether the store that gateways share can be reached; without a call there is none. */
  store(isUp: boolean): void
  /** Where the ledgers' view comes from when the metrics are asked for. */
  watch(quotas: () => readonly PoolQuota[]): void
}

const LABELS = ['pool', 'region', 'model'] as const

/** Makes the gauges of quotas. A pool has some once the service has refused there, or its quota is known. */
export function createQuotaMetrics(registry: Registry): QuotaMetrics {
  const registers = [registry]
  let quotas: () => readonly PoolQuota[] = () => []
  let storeUp: Gauge | undefined

  function gauge(name: string, help: string, read: (quota: PoolQuota) => number | null): void {
    new Gauge({
      name,
      help,
      labelNames: LABELS,
      registers,
      collect() {
        this.reset()
        for (const quota of quotas()) {
          const value = isBlank(quota) ? null : read(quota)
          const { pools, region, model } = quota
          if (value !== null) this.set({ pool: pools.join(', '), region, model }, value)
        }
      }
    })
  }

  gauge('adit_quota_tokens_per_minute', 'Tokens a minute that the ledger reckons with', (quota) => quota.tokens_per_minute)
  gauge('adit_quota_requests_per_minute', 'Requests a minute that the ledger reckons with', (quota) => quota.requests_per_minute)
  gauge('adit_quota_tokens_per_day', 'Tokens a day (UTC) that the ledger reckons with', (quota) => quota.tokens_per_day)
  gauge('adit_quota_used_today_tokens', 'Tokens since midnight (UTC), as the service counts them', (quota) =>
    quota.tokens_per_day === null ? null : quota.used_today
  )
  gauge('adit_quota_headroom_tokens', 'Tokens that fit now, by the ledger', (quota) => quota.headroom)
  gauge('adit_quota_used_tokens', 'Tokens of the last minute, as the service counts them', (quota) => quota.used)
  gauge('adit_quota_waiting', 'Requests that wait for room', (quota) => quota.waiting)
  gauge('adit_quota_day_used_up', '1 while the quota of the day is used up', (quota) => (quota.closed_until === null ? 0 : 1))
  return {
    store(isUp) {
      storeUp ??= new Gauge({
        name: 'adit_quota_store_up',
        help: 'Whether the store that gateways share their ledgers by answers: 1 or 0; absent: there is none',
        registers
      })
      storeUp.set(isUp ? 1 : 0)
    },
    watch(source) {
      quotas = source
    }
  }
}
