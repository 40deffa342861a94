import type { CatalogModel } from './catalog.ts'
import type { ConverseRequest } from './converse-request.ts'
import { modelRefuses } from './refusal.ts'

type Node = Readonly<Record<string, unknown>>

const PROPERTY = /^[a-zA-Z0-9_.-]{1,64}$/
const MAPS = ['properties', '$defs', 'definitions', 'patternProperties', 'dependentSchemas']
const TYPES = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string']

/** Refuses schemas of tools that the family does not read: Claude wants draft 2020-12, Nova no references. */
export function checkToolSchemas({ toolConfig }: ConverseRequest, { family }: CatalogModel): void {
  for (const [index, { toolSpec }] of (toolConfig?.tools ?? []).entries()) {
    const schema = toolSpec?.inputSchema.json as Node | undefined
    if (schema === undefined) continue
    if (family === 'claude') checkClaude(schema, `tools.${index}.custom.input_schema`)
    if (family === 'nova' && everyNode(schema).some((node) => node.$ref !== undefined || node.$defs !== undefined)) {
      modelRefuses('Invalid input request, please reformat your input and try again: $ref is not supported in tool schemas.')
    }
  }
}

function checkClaude(schema: Node, place: string): void {
  // B11
  if (['oneOf', 'allOf', 'anyOf'].some((name) => schema[name] !== undefined)) {
    modelRefuses(`${place}: input_schema does not support oneOf, allOf, or anyOf at the top level`)
  }
  for (const node of everyNode(schema)) {
    // B12
    const odd = Object.keys((node.properties ?? {}) as object).some((name) => !PROPERTY.test(name))
    if (odd) modelRefuses(`${place}.properties: Property keys should match pattern '${PROPERTY.source}'`)
    // B13
    if (!isOf2020(node)) {
      modelRefuses(`${place}: JSON schema is invalid. It must match JSON Schema draft 2020-12`)
    }
  }
}

function isOf2020(node: Node): boolean {
  const { type, items, required, description, exclusiveMinimum, exclusiveMaximum, enum: words } = node
  const types = Array.isArray(type) ? type : [type ?? 'object']
  return (
    MAPS.every((name) => !Array.isArray(node[name])) &&
    (node.$ref === undefined || `${node.$ref}`.startsWith('#')) && // nobody fetches the schemas of other hosts
    types.every((word) => TYPES.includes(word as string)) &&
    type !== null &&
    !Array.isArray(items) &&
    (required === undefined || Array.isArray(required)) &&
    (words === undefined || Array.isArray(words)) &&
    (description === undefined || typeof description === 'string') &&
    [exclusiveMinimum, exclusiveMaximum].every((limit) => limit === undefined || typeof limit === 'number')
  )
}

/** A schema and all schemas in it. */
function everyNode(schema: unknown): readonly Node[] {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return []
  const node = schema as Node
  const maps = ['properties', '$defs', 'definitions', 'patternProperties'].flatMap((name) =>
    Object.values((node[name] ?? {}) as object)
  )
  const lists = ['anyOf', 'oneOf', 'allOf', 'prefixItems'].flatMap((name) =>
    Array.isArray(node[name]) ? (node[name] as unknown[]) : []
  )
  return [node, ...[...maps, ...lists, node.items, node.additionalProperties, node.not].flatMap(everyNode)]
}
