import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'

/** The environment of a gateway that speaks to Claude in Claude's own words. */
export function natively(t: Test): Record<string, string> {
  const file = join(t.testdir(), 'traits.json')
  writeFileSync(file, JSON.stringify([{ match: 'anthropic.*', surface: 'anthropic' }]))
  return { MODEL_TRAITS_FILE: file }
}
