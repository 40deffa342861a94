import type { Config } from '../config.ts'

/**
 * The regions that variables name, in order of preference; the first is the home region. Empty: the AWS SDK's own rule holds, with the
 * shared config file and its profiles.
 */
export function configuredRegions({ aws: { pools, bedrockRegions, region, defaultRegion } }: Config): readonly string[] {
  if (pools !== undefined) return [...new Set(pools.map((pool) => pool.region))]
  if (bedrockRegions.length > 0) return bedrockRegions
  const home = region ?? defaultRegion
  return home === undefined ? [] : [home]
}
