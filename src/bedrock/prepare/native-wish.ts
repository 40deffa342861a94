import type { ExtraField } from '../../core/field.ts'
import { isEmpty } from '../../core/json.ts'
import type { ChatRequest } from '../../core/request.ts'

/** Claude's native field, and the name that Bedrock's documentation of Converse had for it first. */
export const REASONING_NAMES: readonly string[] = ['thinking', 'reasoning_config']

/** The native fields that hold the wish, as places to report; none: the caller wrote it in the dialect's own words. */
export function nativeWishes(request: ChatRequest): readonly ExtraField[] {
  if (request.reasoning !== undefined && !isEmpty(request.reasoning)) return []
  const names = REASONING_NAMES.filter((each) => (request.extraFields?.[each] ?? undefined) !== undefined)
  return names.map((name): ExtraField => `extraFields.${name}`)
}
