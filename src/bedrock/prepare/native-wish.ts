import type { ExtraField } from '../../core/field.ts'
import { isEmpty } from '../../core/json.ts'
import type { ChatRequest } from '../../core/request.ts'

/** Claude's native field, and the name that Bedrock's documentation of Converse had for it first. */
export const REASONING_NAMES: readonly string[] = ['thinking', 'reasoning_config']

/** The native field that holds the wish, as a place to report; undefined: the caller wrote it in the dialect's own words. */
export function nativeWish(request: ChatRequest): ExtraField | undefined {
  if (request.reasoning !== undefined && !isEmpty(request.reasoning)) return undefined
  const name = REASONING_NAMES.find((each) => (request.extraFields?.[each] ?? undefined) !== undefined)
  return name === undefined ? undefined : `extraFields.${name}`
}
