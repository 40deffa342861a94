import { geographies } from './geography.ts'
import { traitsFor } from './traits.ts'

// Sonnet 4.6 and not a newer one: it still takes temperature, forced tools and native structured output,
// which is what clients written for gpt-* send. As of 2026-11.
const SONNET = 'anthropic.claude-sonnet-4-6'

// GovCloud is a version behind.
const SONNET_GOV = 'us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0'

/** What `gpt-*` becomes where the operator named no model: a current Claude Sonnet profile for the region's geography. */
export function defaultChatModel(region: string): string {
  const [nearest, ...rest] = geographies(region)
  if (nearest === 'us-gov') return SONNET_GOV
  const { profiles } = traitsFor(SONNET)
  const prefix = [nearest, ...rest].find((name) => profiles.includes(name)) ?? 'global'
  return `${prefix}.${SONNET}`
}
