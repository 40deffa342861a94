import type { JsonSchema } from './converse-request.ts'
import type { Random } from './random.ts'

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-01-02T03:04:05Z',
  time: '03:04:05Z',
  date: '2026-01-02',
  duration: 'P1D',
  email: 'synthetic@example.com',
  hostname: 'example.com',
  uri: 'https://example.com/',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uuid: '00000000-0000-4000-8000-000000000000'
}
const MAX_DEPTH = 8
/** A schema may refer to itself, or ask for any length: the answer stays small. */
const NO_DEEPER = 32
const MAX_ITEMS = 100
const MAX_LENGTH = 10_000

/** Makes a value that a JSON Schema accepts; strings take a word of `hint`, so that answers look like the question. */
export function fromSchema(schema: JsonSchema, hint: string, random: Random): unknown {
  const words = hint.match(/[\p{Lu}][\p{L}]+/gu) ?? []
  const fallback = words.at(-1) ?? 'synthetic'
  const make = (node: JsonSchema, depth: number): unknown => {
    if (typeof node !== 'object' || node === null || depth > NO_DEEPER) return null
    if (typeof node.$ref === 'string') return make(follow(schema, node.$ref), depth + 1)
    if (node.const !== undefined) return node.const
    if (Array.isArray(node.enum)) return node.enum[0]
    const branch = [node.anyOf, node.oneOf].find(Array.isArray)?.[0] as JsonSchema | undefined
    if (branch !== undefined) return make(branch, depth + 1)
    if (Array.isArray(node.allOf)) return together(node.allOf.map((part) => make(part as JsonSchema, depth + 1)))
    return makeTyped(node, depth, make)
  }
  const makeTyped = (node: JsonSchema, depth: number, child: typeof make): unknown => {
    switch (typeOf(node)) {
      case 'object':
        return makeObject(node, depth, child)
      case 'array':
        return Array.from({ length: depth > MAX_DEPTH ? 0 : Math.min(Number(node.minItems ?? 1), MAX_ITEMS) }, () =>
          child((node.items ?? {}) as JsonSchema, depth + 1)
        )
      case 'integer':
      case 'number':
        return Math.min(Math.max(random.between(1, 9), Number(node.minimum ?? 1)), Number(node.maximum ?? 1e9))
      case 'boolean':
        return true
      case 'null':
        return null
      default:
        return FORMATS[`${node.format}`] ?? fit(fallback, node)
    }
  }
  return make(schema, 0)
}

/** What fits all parts of an `allOf`, as far as one value can: objects are laid over one another. */
function together(parts: readonly unknown[]): unknown {
  const areObjects = parts.every((part) => typeof part === 'object' && part !== null && !Array.isArray(part))
  return areObjects ? Object.assign({}, ...parts) : parts[0]
}

function makeObject(
  node: JsonSchema,
  depth: number,
  child: (node: JsonSchema, depth: number) => unknown
): Record<string, unknown> {
  const properties = (node.properties ?? {}) as Record<string, JsonSchema>
  const required = Array.isArray(node.required) ? (node.required as string[]) : []
  // Optional members are left out below the first level, so that recursive schemas end.
  const names = depth === 0 ? Object.keys(properties) : required.length > 0 ? required : Object.keys(properties)
  const wanted = depth > MAX_DEPTH ? required : names
  return Object.fromEntries(wanted.map((name) => [name, child(properties[name] ?? {}, depth + 1)]))
}

function typeOf(node: JsonSchema): string {
  const { type } = node
  if (Array.isArray(type)) return `${type.find((word) => word !== 'null') ?? 'null'}`
  if (typeof type === 'string') return type
  return node.properties !== undefined ? 'object' : node.items !== undefined ? 'array' : 'string'
}

function fit(word: string, node: JsonSchema): string {
  const padded = word.padEnd(Math.min(Number(node.minLength ?? 0), MAX_LENGTH), 'x')
  return node.maxLength === undefined ? padded : padded.slice(0, Number(node.maxLength))
}

function follow(root: JsonSchema, ref: string): JsonSchema {
  const keys = ref
    .replace(/^#\/?/, '')
    .split('/')
    .filter((key) => key !== '')
  return keys.reduce<JsonSchema>((node, key) => (node[key] ?? {}) as JsonSchema, root)
}
