import { baseModelId, geographyOf, hasGeography } from '../models/base-model.ts'
import { traitsFor } from '../models/traits.ts'
import type { Routing } from './price-row.ts'

/** A model as it was called, and where. */
export interface CalledModel {
  /** The id or ARN that was called. */
  readonly id: string
  /** The foundation model behind it, where a list tells; else what the id says. */
  readonly baseId?: string
  /** What an application profile copies, where a list tells. */
  readonly copies?: 'global' | 'geo' | 'in_region'
  /** The source Region: where the call was made. */
  readonly region: string
}

/** A model as prices know it. */
export interface PricedModel {
  readonly baseId: string
  readonly routing: Routing
  /** The prefix of the profile; empty: none, or not told. */
  readonly geography: string
}

const BY_TOKENS = /^arn:[^:]+:bedrock:[^:]*:[^:]*:(?:foundation-model|inference-profile|application-inference-profile)\//

/**
 * How a call is priced: `global.` is the base price, other profiles are `geo`, a bare id is `in_region`; GovCloud has prices of its own.
 * An application profile has the price of what it copies. Undefined for what is not paid by the token, or whose model no list tells:
 * provisioned, imported, custom and Marketplace models, prompt routers.
 */
export function pricedModel({ id, baseId = baseModelId(id), copies, region }: CalledModel): PricedModel | undefined {
  if (baseId.startsWith('arn:') || (id.startsWith('arn:') && !BY_TOKENS.test(id))) return undefined
  const named = id.startsWith('arn:') ? id.slice(id.indexOf('/') + 1) : id
  const geography = hasGeography(named) ? (geographyOf(named) ?? named.slice(0, named.indexOf('.'))) : ''
  const isGov = geography === 'us-gov' || region.startsWith('us-gov-')
  const routing = isGov
    ? 'us-gov'
    : geography === ''
      ? (copies ?? bareRouting(baseId))
      : geography === 'global'
        ? 'global'
        : 'geo'
  return { baseId, routing, geography }
}

/** Models that only mantle has are called there by their bare id. */
function bareRouting(baseId: string): Routing {
  return traitsFor(baseId).host === 'mantle' ? 'mantle' : 'in_region'
}
