import { isEmpty, type Json, type JsonObject } from '../../core/json.ts'
import type { SpeltWarning } from '../../core/warning.ts'

/** The reason of a warning about a member that means nothing here. */
export const UNKNOWN_MEMBER = 'not a member that the gateway knows'

/** Of a member that no reader knows; they may not crowd out what is known and lost. */
export const MOST_UNKNOWN = 16

/** Words that ask for what every model does anyway. */
const NEUTRAL: Readonly<Record<string, readonly Json[]>> = { detail: ['auto', 'high'], include_obfuscation: [false] }

/**
 * Hears the name of each member of an object that its reader does not know and that asks for something: `null`, empty objects and empty
 * lists do not.
 */
export function eachUnknown(holder: JsonObject, known: ReadonlySet<string>, hear: (name: string) => void): void {
  for (const name in holder) if (!known.has(name) && isTellable(name) && asks(name, holder[name])) hear(name)
}

/** Warnings of the fields of a body that its dialect does not know, for dialects without a table of fields. */
export function unknownFields(body: JsonObject, known: ReadonlySet<string>, reason: string): readonly SpeltWarning[] {
  const warnings: SpeltWarning[] = []
  eachUnknown(body, known, (param) => {
    if (warnings.length < MOST_UNKNOWN) warnings.push({ param, reason })
  })
  return warnings
}

/** Other names are no field of any client's, and do not fit into a header. */
export function isTellable(path: string): boolean {
  return /^[\w.-]{1,64}$/.test(path)
}

function asks(name: string, value: Json | undefined): boolean {
  if (value === null || value === undefined) return false
  if (typeof value === 'object') return !isEmpty(value)
  return !(Object.hasOwn(NEUTRAL, name) && NEUTRAL[name]!.includes(value))
}
