type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** Leaves out the members that are `undefined`: absent means absent in the core. */
export function present<T extends object>(value: T): Present<T> {
  const kept: Partial<T> = {}
  for (const key in value) if (value[key] !== undefined) kept[key] = value[key]
  return kept as unknown as Present<T>
}

/** Sets a member unless its value is absent. */
export function put<T extends object, K extends keyof T>(into: T, name: K, value: T[K] | undefined): void {
  if (value !== undefined) into[name] = value
}
