import { baseModelId, geographyOf, hasGeography } from './base-model.ts'
import { geographies } from './geography.ts'

/** Where the requests of a key may go. */
export interface Residency {
  /** The Regions it may be called in; absent: all. */
  readonly regions?: readonly string[]
  /** Where its words may be processed: prefixes of profiles (`eu`, `apac`, `global`, ...) and Regions; absent: as `regions` has it. */
  readonly within?: readonly string[]
}

/** Where a call goes: the Region it is sent to, and the id it names there. */
export interface CalledPlace {
  readonly region: string
  readonly id: string
}

/** ARNs of what runs in its own Region and nowhere else. */
const OWN_REGION_ARN =
  /^arn:[^:]+:(?:bedrock|sagemaker):[^:]*:[^:]*:(?:foundation-model|provisioned-model|imported-model|custom-model|custom-model-deployment|endpoint)\//
const PROFILE_ARN = /^arn:[^:]+:bedrock:[^:]*:[^:]*:inference-profile\/(.+)$/

/**
 * Whether a call stays where its key may go. What does not tell where it runs (an application profile, a prompt router, a profile of a
 * geography that no list names, a Region that is not known yet) does not.
 */
export function staysWithin({ regions, within }: Residency, { region, id }: CalledPlace): boolean {
  if (regions !== undefined && !regions.includes(region)) return false
  const homes = homesOf(region)
  const allows = (places: readonly string[]) => within === undefined || places.some((place) => within.includes(place))
  if (!allows([region, ...homes])) return false
  if (id.startsWith('arn:') && !PROFILE_ARN.test(id)) return OWN_REGION_ARN.test(id)
  const named = PROFILE_ARN.exec(id)?.[1] ?? id
  if (!hasGeography(named)) return named === id || baseModelId(named) === named
  const geography = geographyOf(named)
  if (geography === undefined) return false
  // Without a word on geographies a profile of the Region's own leaves no further than the operator of the key must know.
  return within === undefined
    ? homes.includes(geography)
    : allows([geography, ...PARTS.filter(([part]) => part === geography).map(([, whole]) => whole)])
}

/** Geographies that lie in another. */
const PARTS: readonly (readonly [part: string, whole: string])[] = [
  ['jp', 'apac'],
  ['au', 'apac'],
  ['in', 'apac']
]

/** The geographies that a Region lies in: Canada calls `us.` profiles and is not there, and nothing lies in `global`. */
function homesOf(region: string): readonly string[] {
  return geographies(region).filter((name) => name !== 'global' && !(name === 'us' && region.startsWith('ca-')))
}
