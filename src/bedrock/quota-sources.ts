import type { SdkHandler } from '../aws/sdk-http.ts'
import { readServiceQuotas } from './catalog/service-quotas.ts'
import { accountOf, type Pool } from './places.ts'
import type { QuotaSource } from './quota-book.ts'

interface Role {
  readonly roleArn?: string
  readonly externalId?: string
}

export interface QuotaSourceOptions extends Role {
  /** Empty: the one that the AWS SDK finds. */
  readonly regions: readonly string[]
  readonly pools?: readonly Pool[]
  readonly handler?: () => SdkHandler | undefined
}

/** Service Quotas once for each account and Region that is called. */
export function quotaSources({ regions, pools = [], handler, ...own }: QuotaSourceOptions): readonly QuotaSource[] {
  const found = new Map<string, QuotaSource>()
  const add = (region: string | undefined, { roleArn, externalId }: Role, account?: string) => {
    const where = region === undefined ? {} : { region }
    const reached = handler === undefined ? {} : { handler }
    const role = roleArn === undefined ? {} : { role: { ...where, ...reached, roleArn, ...(externalId && { externalId }) } }
    found.set(`${region} ${account}`, {
      ...where,
      ...(account === undefined ? {} : { account }),
      read: (signal) => readServiceQuotas({ ...where, ...reached, ...role }, signal)
    })
  }
  for (const pool of pools) add(pool.region, pool.roleArn === undefined ? own : pool, accountOf(pool.roleArn))
  if (pools.length === 0) for (const region of regions.length === 0 ? [undefined] : regions) add(region, own)
  return [...found.values()]
}
