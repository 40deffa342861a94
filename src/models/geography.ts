import { memoize } from '../core/bounded.ts'

/** Regions and the prefixes of the inference profiles they can call, nearest first. A region that no row names has only `global.` ones. */
const GEOGRAPHIES: readonly (readonly [region: RegExp, ...prefixes: string[]])[] = [
  [/^us-gov-/, 'us-gov'],
  [/^us-/, 'us', 'global'],
  [/^eu-/, 'eu', 'global'],
  [/^ap-northeast-[13]$/, 'jp', 'apac', 'global'],
  [/^ap-southeast-[24]$/, 'au', 'apac', 'global'],
  [/^ap-south-/, 'in', 'apac', 'global'],
  [/^ap-/, 'apac', 'global'],
  // Canada has a few profiles of its own and is a source region of most `us.` ones.
  [/^ca-/, 'ca', 'us', 'global']
]

/** ARNs bring regions that nobody has. */
const MOST_REGIONS = 100

/** The profile prefixes a region can call, nearest first. */
export const geographies = memoize((region: string): readonly [string, ...string[]] => {
  const row = GEOGRAPHIES.find(([pattern]) => pattern.test(region))
  if (row === undefined) return ['global']
  const [, first = 'global', ...rest] = row
  return [first, ...rest]
}, MOST_REGIONS)

/** The nearest profile prefix of a region: `us`, `eu`, `jp`, ... */
export function geography(region: string): string {
  return geographies(region)[0]
}
