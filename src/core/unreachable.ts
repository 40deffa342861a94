/** Ends a switch over a union: a member nobody handles breaks the build, and at run time says which. */
export function unreachable(value: never): never {
  throw new TypeError(`unhandled case: ${JSON.stringify(value)}`)
}
