import type { JsonSchema } from './converse-request.ts'
import { modelRefuses } from './refusal.ts'

const FORBIDDEN = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'maxItems',
  'uniqueItems',
  'patternProperties'
]
const FORMATS = ['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid']
const NESTED_LISTS = ['anyOf', 'allOf', 'prefixItems'] as const
const NESTED_MAPS = ['properties', '$defs', 'definitions'] as const

/** Refuses a schema outside the subset that structured output and strict tools take. */
export function checkSchema(schema: unknown, place: string): void {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return
  const node = schema as JsonSchema
  const refuse = (why: string) => modelRefuses(`${place}: ${why}`)
  const bad = FORBIDDEN.find((keyword) => node[keyword] !== undefined)
  if (bad !== undefined) refuse(`For '${node.type ?? 'any'}' type, property '${bad}' is not supported`)
  if (typeof node.minItems === 'number' && node.minItems > 1) {
    refuse(`For 'array' type, 'minItems' values other than 0 or 1 are not supported`)
  }
  if (typeof node.format === 'string' && !FORMATS.includes(node.format))
    refuse(`For 'string' type, format '${node.format}' is not supported`)
  if (isObjectSchema(node) && node.additionalProperties !== false) {
    refuse(`For 'object' type, 'additionalProperties' must be explicitly set to false`)
  }
  if (typeof node.$ref === 'string' && !node.$ref.startsWith('#')) refuse('External $ref is not supported')
  for (const child of children(node)) checkSchema(child, place)
  if (isRecursive(node)) refuse('Recursive schemas are not supported')
}

const isObjectSchema = (node: JsonSchema) => node.type === 'object' || node.properties !== undefined

function children(node: JsonSchema): unknown[] {
  const lists = NESTED_LISTS.flatMap((keyword) => (Array.isArray(node[keyword]) ? (node[keyword] as unknown[]) : []))
  const maps = NESTED_MAPS.flatMap((keyword) => Object.values((node[keyword] ?? {}) as object))
  return [...lists, ...maps, node.items]
}

function isRecursive(root: JsonSchema): boolean {
  const definitions = { ...(root.$defs as object | undefined), ...(root.definitions as object | undefined) }
  const refs = (value: unknown): string[] => JSON.stringify(value ?? null).match(/(?<="\$ref":")#[^"]*(?=")/g) ?? []
  const name = (ref: string) => ref.slice(ref.lastIndexOf('/') + 1)
  const reaches = (from: string, target: string, seen: readonly string[]): boolean =>
    refs((definitions as Record<string, unknown>)[from]).some((ref) => {
      const next = name(ref)
      return next === target || (!seen.includes(next) && reaches(next, target, [...seen, next]))
    })
  return refs(root).includes('#') || Object.keys(definitions).some((key) => reaches(key, key, [key]))
}
