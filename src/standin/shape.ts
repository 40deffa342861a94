import { invalid, Refusal } from './refusal.ts'

/** Checks one value against the model of the API and refuses it in the words of the service. */
export type Check = (value: unknown, path: string) => void

const TYPE_NAMES = { string: 'STRING_VALUE', number: 'NUMBER_VALUE', boolean: 'BOOLEAN_VALUE' } as const

function wrongType(value: unknown, wanted: string): never {
  const seen = Array.isArray(value)
    ? 'START_ARRAY'
    : typeof value === 'object'
      ? 'START_OBJECT'
      : TYPE_NAMES[typeof value as 'string']
  throw new Refusal('SerializationException', `${seen ?? 'UNKNOWN'} can not be converted to ${wanted}`)
}

function violates(value: unknown, path: string, constraint: string): never {
  return invalid(
    `1 validation error detected: Value '${value}' at '${path}' failed to satisfy constraint: Member must ${constraint}`
  )
}

function asObject(value: unknown, wanted: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrongType(value, wanted)
  return value as Record<string, unknown>
}

/** A structure: known members only, the required ones present. `null` counts as absent, as in every AWS service. */
export function struct(members: Record<string, Check>, required: readonly string[] = []): Check {
  return (value, path) => {
    const object = asObject(value, 'a structure')
    const at = (name: string) => (path === '' ? name : `${path}.${name}`)
    for (const [name, member] of Object.entries(object)) {
      const check = members[name] ?? unknownMember(name, path)
      if (member !== null) check(member, at(name))
    }
    for (const name of required) {
      if (object[name] === undefined || object[name] === null) violates('null', at(name), 'not be null')
    }
  }
}

/** A union: exactly one known member. */
export function union(members: Record<string, Check>): Check {
  return (value, path) => {
    const names = Object.keys(asObject(value, 'a union'))
    if (names.length !== 1) invalid(`Exactly one member of the union at '${path}' must be set, found ${names.length}: [${names}]`)
    struct(members)(value, path)
  }
}

function unknownMember(name: string, path: string): never {
  const pointer = path.replaceAll('.member.', '.').replaceAll('.', '/')
  return invalid(
    `Malformed input request: #${pointer === '' ? '' : `/${pointer}`}: extraneous key [${name}] is not permitted, please reformat your input and try again.`
  )
}

interface Limits {
  readonly min?: number
  readonly max?: number
}

/** A list with its length limits; the service counts its members from one. */
export function list(of: Check, { min = 0, max = Number.POSITIVE_INFINITY }: Limits = {}): Check {
  return (value, path) => {
    if (!Array.isArray(value)) return wrongType(value, 'a list')
    if (value.length < min) violates(JSON.stringify(value), path, `have length greater than or equal to ${min}`)
    if (value.length > max) violates(`[${value.length} members]`, path, `have length less than or equal to ${max}`)
    for (const [index, item] of value.entries()) of(item, `${path}.${index + 1}.member`)
  }
}

/** A string with length limits and an alphabet. */
export function text({ min = 0, max = Number.POSITIVE_INFINITY, pattern }: Limits & { pattern?: RegExp } = {}): Check {
  return (value, path) => {
    if (typeof value !== 'string') return wrongType(value, 'a String')
    if (value.length < min) violates(value, path, `have length greater than or equal to ${min}`)
    if (value.length > max) violates(value, path, `have length less than or equal to ${max}`)
    if (pattern?.test(value) === false)
      violates(value, path, `satisfy regular expression pattern: ${pattern.source.slice(1, -1)}`)
  }
}

/** One of a set of words. */
export function oneOf(...words: readonly string[]): Check {
  return (value, path) => {
    if (typeof value !== 'string') return wrongType(value, 'a String')
    if (!words.includes(value)) violates(value, path, `satisfy enum value set: [${words.join(', ')}]`)
  }
}

/** A number within limits. */
export function number({ min = -Infinity, max = Infinity, integer = false }: Limits & { integer?: boolean } = {}): Check {
  return (value, path) => {
    if (typeof value !== 'number' || (integer && !Number.isInteger(value)))
      return wrongType(value, integer ? 'an Integer' : 'a Float')
    if (value < min) violates(value, path, `have value greater than or equal to ${min}`)
    if (value > max) violates(value, path, `have value less than or equal to ${max}`)
  }
}

/** True or false. */
export const flag: Check = (value) => {
  if (typeof value !== 'boolean') wrongType(value, 'a Boolean')
}

/** Any JSON value. */
export const json: Check = () => undefined

/** Any JSON object. */
export const jsonObject: Check = (value) => {
  asObject(value, 'a document')
}

/** Base64 of at least one byte. */
export const blob: Check = (value, path) => {
  if (typeof value !== 'string') return wrongType(value, 'a Blob')
  if (value.length === 0) violates(value, path, 'have length greater than or equal to 1')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(value)) throw new Refusal('SerializationException', 'Invalid Base64 content')
}

/** String keys to checked values. */
export function map(key: Check, of: Check, { min = 0, max = Number.POSITIVE_INFINITY }: Limits = {}): Check {
  return (value, path) => {
    const entries = Object.entries(asObject(value, 'a map'))
    if (entries.length < min) violates('{}', path, `have length greater than or equal to ${min}`)
    if (entries.length > max) violates(`[${entries.length} members]`, path, `have length less than or equal to ${max}`)
    for (const [name, item] of entries) {
      key(name, `${path}.key`)
      of(item, `${path}.${name}.member`)
    }
  }
}
