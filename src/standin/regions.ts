import { REGION } from './options.ts'
import { invalid } from './refusal.ts'

/** Regions from which profiles of a geography can be called, as AWS's table of inference profiles has them (2026-11). */
const SOURCES: readonly (readonly [geography: string, regions: RegExp])[] = [
  ['us-gov', /^us-gov-/],
  ['us', /^(?:us-(?:east|west)-|ca-)/],
  ['eu', /^eu-/],
  ['jp', /^ap-northeast-[13]$/],
  ['au', /^ap-southeast-[246]$/],
  ['in', /^ap-south-/],
  ['apac', /^ap-/],
  ['ca', /^ca-/],
  ['global', /^(?!us-gov-|cn-)/]
]

const ARN = /^arn:aws[a-z-]*:(?:bedrock|sagemaker):([a-z0-9-]+):/
const PROFILE = /(?:^|:inference-profile\/)([a-z-]+)\.[a-z0-9-]+\./

/** The region a request is signed for; undefined: nothing is signed, as with a Bedrock key. */
export function signedRegion(authorization: string | undefined): string | undefined {
  return /Credential=[^/,\s]+\/\d{8}\/([a-z0-9-]+)\//.exec(authorization ?? '')?.[1]
}

/** Refuses, in one region, the ARN of another and the profile of a geography that the region is no part of. */
export function checkRegion(called: string, region: string | undefined): void {
  if (region !== undefined && !isCallable(called, region)) invalid('The provided model identifier is invalid.')
}

/** Whether an id or an ARN can be called from a region. */
function isCallable(called: string, region: string): boolean {
  const own = ARN.exec(called)?.[1]
  if (own !== undefined && own !== region) return false
  const geography = PROFILE.exec(called)?.[1]
  const source = SOURCES.find(([name]) => name === geography)
  return source === undefined || source[1].test(region)
}

/** What a region lists: its own things, and profiles it can call under ARNs of its own. */
export function inRegion<E extends Readonly<Record<string, unknown>>>(
  entries: readonly E[],
  region: string = REGION
): readonly E[] {
  if (region === REGION) return entries.filter((entry) => isListed(entry, region))
  return entries.map((entry) => withRegion(entry, region)).filter((entry) => isListed(entry, region))
}

function isListed(entry: Readonly<Record<string, unknown>>, region: string): boolean {
  return Object.entries(entry).every(([name, value]) => !/(?:Arn|ProfileId)$/.test(name) || isCallable(`${value}`, region))
}

/** System profiles and foundation models are everywhere; what the account owns is in its home region only. */
function withRegion<E extends Readonly<Record<string, unknown>>>(entry: E, region: string): E {
  const moved = Object.entries(entry).map(([name, value]) => [
    name,
    /^(?:inferenceProfile|model)Arn$/.test(name)
      ? `${value}`.replace(/^(arn:aws:bedrock:)[a-z0-9-]+(?=:(?::foundation-model|\d{12}:inference-profile)\/)/, `$1${region}`)
      : value
  ])
  return Object.fromEntries(moved) as E
}
