import { LISTED_QUOTAS, type ListedQuota } from './listed-quotas.ts'
import type { Place } from './place.ts'
import { Refusal } from './refusal.ts'
import type { World } from './world.ts'

type Input = Readonly<Record<string, unknown>>

const MOST_ON_A_PAGE = 100

/** ListServiceQuotas: what the account may in the Region that is asked, in pages. */
export const listServiceQuotas = (input: Input, world: World, place: Place) => page(input, world, place, world.listedQuotas)

/** ListAWSDefaultServiceQuotas: what every account may at first. */
export const listDefaultQuotas = (input: Input, world: World, place: Place) => page(input, world, place, LISTED_QUOTAS)

function page(input: Input, { options }: World, { region, account }: Place, all: readonly ListedQuota[]): unknown {
  const { ServiceCode, NextToken, MaxResults = MOST_ON_A_PAGE } = input
  if (ServiceCode !== 'bedrock') throw new Refusal('NoSuchResourceException', `${ServiceCode} is not a known service.`)
  if (!(Number(MaxResults) >= 1 && Number(MaxResults) <= MOST_ON_A_PAGE))
    throw new Refusal('IllegalArgumentException', `MaxResults must be between 1 and ${MOST_ON_A_PAGE}.`)
  const from = NextToken === undefined ? 0 : Number(/^standin-(\d+)$/.exec(`${NextToken}`)?.[1])
  if (Number.isNaN(from)) throw new Refusal('InvalidPaginationTokenException', 'The pagination token is invalid.')
  const own = all.filter((quota) => (quota.region ?? region) === region)
  const to = from + Math.min(Number(MaxResults), options.pageSize)
  const Quotas = own.slice(from, to).map(({ code, name, value }) => ({
    ServiceCode,
    ServiceName: 'Amazon Bedrock',
    QuotaArn: `arn:aws:servicequotas:${region}:${account}:bedrock/${code}`,
    QuotaCode: code,
    QuotaName: name,
    Value: value,
    Unit: 'None',
    Adjustable: true,
    GlobalQuota: false
  }))
  return { Quotas, ...(to < own.length ? { NextToken: `standin-${to}` } : {}) }
}
