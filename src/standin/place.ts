import type { CatalogModel } from './catalog.ts'
import type { Exchange } from './exchange.ts'
import { ACCOUNT, CREDENTIALS, OTHER_ACCOUNT, REGION } from './options.ts'
import { signedRegion } from './regions.ts'
import { OWNED } from './resolve.ts'

/** Whose call it is, and where it was made. */
export interface Place {
  readonly account: string
  /** The source Region. */
  readonly region: string
}

/** Reads the place of a call from its signature; a Bedrock key names no Region and is of the first account. */
export function placeOf({ headers: { authorization } }: Pick<Exchange, 'headers'>): Place {
  const keyId = /Credential=([^/,\s]+)\//.exec(authorization ?? '')?.[1]
  const account = keyId === CREDENTIALS.otherAccessKeyId ? OTHER_ACCOUNT : ACCOUNT
  return { account, region: signedRegion(authorization) ?? REGION }
}

/**
 * The quota that a call counts against, within its account and source Region: that of a system profile by its id, of a bare id (`od:`), of
 * mantle (`mantle:`). An application profile counts against what it copies (AWS's pages on quotas and inference profiles, 2026-10).
 */
export function poolKey(called: string, base: Pick<CatalogModel, 'id'>, isMantle = false): string {
  if (isMantle) return `mantle:${base.id}`
  if (called === OWNED.globalProfile.arn) return `global.${base.id}`
  const named = /:inference-profile\/(.+)$/.exec(called)?.[1] ?? called
  return named.endsWith(`.${base.id}`) ? named : `od:${base.id}`
}
