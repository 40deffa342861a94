import { geographyOf } from './base-model.ts'
import { geographies } from './geography.ts'
import type { ModelTarget } from './model-target.ts'
import { traitsFor } from './traits.ts'

/**
 * The target as a region calls it. A profile the gateway chose becomes the one of the region's geography; a profile the caller named
 * is never taken to another: where it cannot be called there is no target.
 */
export function targetIn(region: string, target: ModelTarget): ModelTarget | undefined {
  const geography = geographyOf(target.id)
  const near = geographies(region)
  if (geography === undefined || near.includes(geography)) return target
  if (target.anyGeography === undefined) return undefined
  const { profiles } = traitsFor(target.baseId)
  const own = near.find((name) => profiles.includes(name))
  return own === undefined ? undefined : { ...target, id: `${own}.${target.baseId}` }
}
