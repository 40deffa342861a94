import { invalid } from './refusal.ts'

/** Checks one value of Claude's body, and refuses it in the words of Anthropic's API. */
export type NativeCheck = (value: unknown, path: string) => void

const refuse = (path: string, words: string): never => invalid(`${path}: ${words}`)

const at = (path: string, name: string | number) => (path === '' ? `${name}` : `${path}.${name}`)

/** Any JSON value. */
export const anything: NativeCheck = () => undefined

export const string: NativeCheck = (value, path) => {
  if (typeof value !== 'string') refuse(path, 'Input should be a valid string')
}

export const boolean: NativeCheck = (value, path) => {
  if (typeof value !== 'boolean') refuse(path, 'Input should be a valid boolean')
}

export const dictionary: NativeCheck = (value, path) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(path, 'Input should be a valid dictionary')
}

/** A number from `min` to `max`. */
export function numeric(min: number, max: number, isInteger = false): NativeCheck {
  return (value, path) => {
    if (typeof value !== 'number' || (isInteger && !Number.isInteger(value)))
      return refuse(path, `Input should be a valid ${isInteger ? 'integer' : 'number'}`)
    if (value < min) refuse(path, `Input should be greater than or equal to ${min}`)
    if (value > max) refuse(path, `Input should be less than or equal to ${max}`)
  }
}

/** A string of an alphabet. */
export function matching(pattern: RegExp): NativeCheck {
  return (value, path) => {
    string(value, path)
    if (!pattern.test(value as string)) refuse(path, `String should match pattern '${pattern.source}'`)
  }
}

/** One of a set of words. */
export function words(...known: readonly string[]): NativeCheck {
  return (value, path) => {
    if (known.includes(value as string)) return
    const quoted = known.map((word) => `'${word}'`)
    const all = quoted.length === 1 ? quoted[0] : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`
    refuse(path, `Input should be ${all}`)
  }
}

/** A list; its members count from zero. */
export function items(of: NativeCheck): NativeCheck {
  return (value, path) => {
    if (!Array.isArray(value)) return refuse(path, 'Input should be a valid list')
    for (const [index, item] of value.entries()) of(item, at(path, index))
  }
}

/** A string, or what `other` takes. */
export function stringOr(other: NativeCheck): NativeCheck {
  return (value, path) => (typeof value === 'string' ? undefined : other(value, path))
}

/** An object of known members, the required ones present; a member of an optional field may be `null` only where its check takes it. */
export function model(members: Readonly<Record<string, NativeCheck>>, required: readonly string[] = []): NativeCheck {
  return (value, path) => {
    dictionary(value, path)
    const object = value as Record<string, unknown>
    for (const name of required) if (object[name] === undefined) refuse(at(path, name), 'Field required')
    for (const [name, member] of Object.entries(object)) {
      const check = Object.hasOwn(members, name) ? members[name] : undefined
      if (check === undefined) refuse(at(path, name), 'Extra inputs are not permitted')
      else check(member, at(path, name))
    }
  }
}

/** One of several objects told apart by their `type`. Members are checked under a path that names the type, as Anthropic does. */
export function tagged(kinds: Readonly<Record<string, NativeCheck>>, untagged?: string): NativeCheck {
  return (value, path) => {
    dictionary(value, path)
    const type = (value as { type?: unknown }).type ?? untagged
    if (type === undefined) return refuse(at(path, 'type'), 'Field required')
    const kind = Object.keys(kinds).find((name) => (name.endsWith('*') ? `${type}`.startsWith(name.slice(0, -1)) : name === type))
    if (kind === undefined) {
      const known = Object.keys(kinds).map((name) => `'${name}'`)
      return refuse(path, `Input tag '${type}' found using 'type' does not match any of the expected tags: ${known.join(', ')}`)
    }
    kinds[kind]?.(value, at(path, `${type}`))
  }
}
