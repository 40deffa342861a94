import type { Place } from './field.ts'

/**
 * Something the caller asked for that could not be carried to the model. Its place never holds a value.
 * It never fails the request; it reaches the caller in `x-adit-dropped` and the operator in the log.
 */
export type Warning = Place & {
  /** One sentence for the log: why. Never holds prompt text. */
  readonly reason: string
}

/** A warning of who knows how the caller wrote it. */
export type SpeltWarning = Extract<Warning, { readonly param: string }>
