import type { JsonObject } from '../../core/json.ts'
import type { FunctionTool } from '../../core/turn.ts'
import type { Traits } from '../../models/traits.ts'

/** The flag behind which Claude takes examples of a tool's input. */
export const EXAMPLES_BETA = 'tool-examples-2025-10-29'

/** What a tool has beside its name and schema, as far as the model takes it in its own body, in its own words. */
export function toolExtras({ examples, eagerInput }: FunctionTool, traits: Traits): JsonObject {
  return {
    ...(examples !== undefined && traits.betas.includes(EXAMPLES_BETA) ? { input_examples: examples } : {}),
    ...(eagerInput === true && traits.eagerToolInput ? { eager_input_streaming: true } : {})
  }
}
