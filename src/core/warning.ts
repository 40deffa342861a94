/**
 * Something the caller asked for that could not be carried to the model.
 * It never fails the request; it reaches the caller in `x-adit-dropped` and the operator in the log.
 */
export interface Warning {
  /** The request field as the caller spelt it, e.g. `seed` or `tools[0].strict`. Never holds a value. */
  readonly param: string
  /** One sentence for the log: why. Never holds prompt text. */
  readonly reason: string
}
