import { createSpelling, USUAL_WORDS } from '../openai/spelling.ts'

/** How callers of this endpoint write the core's fields. */
export const embeddingsSpelling = createSpelling({ ...USUAL_WORDS, turns: 'input', inputs: 'input' })
