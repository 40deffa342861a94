import type { Spell } from '../../core/field.ts'
import { createSpelling, extraName, givenPath, USUAL_WORDS } from '../openai/spelling.ts'

const WORDS = createSpelling({ ...USUAL_WORDS, turns: 'prompt', inputs: 'prompt' })

/** How the caller of one request wrote the core's fields; `given`: the paths of those that were given. */
export function completionsSpelling(given: readonly string[]): Spell {
  return (field) => {
    const extra = extraName(field)
    if (extra !== undefined) return `extra_body.${extra}`
    return givenPath(WORDS(field), given)
  }
}
