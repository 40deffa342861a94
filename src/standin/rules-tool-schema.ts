import type { CatalogModel } from './catalog.ts'
import type { ConverseRequest } from './converse-request.ts'
import { modelRefuses } from './refusal.ts'
import { everyNode, isDraft2020, pointedAt } from './schema-draft.ts'

type Node = Readonly<Record<string, unknown>>

const PROPERTY = /^[a-zA-Z0-9_.-]{1,64}$/

/** Refuses schemas of tools that the family does not read: Claude wants draft 2020-12, Nova no references. */
export function checkToolSchemas({ toolConfig }: ConverseRequest, { family }: CatalogModel): void {
  const entries = toolConfig?.tools ?? []
  const schemas = entries.flatMap(({ toolSpec }, at) =>
    toolSpec === undefined ? [] : [{ schema: toolSpec.inputSchema.json as Node, at }]
  )
  for (const [index, { schema, at }] of schemas.entries()) {
    if (family === 'claude') checkClaudeTool(schema, `tools.${index}.custom.input_schema`)
    if (family === 'nova') checkNova(schema, `#/toolConfig/tools/${at}/toolSpec/inputSchema/json`)
  }
}

/** Refuses a schema for the answer that Claude cannot read: it is held to the same draft and the same names, its root may be composed. */
export function checkAnswerSchema(schema: unknown, { family }: CatalogModel): void {
  if (family === 'claude') checkClaude(schema as Node, 'output_config.format.schema')
}

function checkClaudeTool(schema: Node, place: string): void {
  // B11
  if (['oneOf', 'allOf', 'anyOf'].some((name) => schema[name] !== undefined)) {
    modelRefuses(`${place}: input_schema does not support oneOf, allOf, or anyOf at the top level`)
  }
  checkClaude(schema, place)
}

function checkClaude(schema: Node, place: string): void {
  // B12
  for (const { properties } of everyNode(schema)) {
    const names = typeof properties === 'object' && properties !== null ? Object.keys(properties) : []
    if (names.some((name) => !PROPERTY.test(name)))
      modelRefuses(`${place}.properties: Property keys should match pattern '${PROPERTY.source}'`)
  }
  // B13; nobody fetches the schemas of other hosts
  const refs = everyNode(schema).flatMap(({ $ref }) => (typeof $ref === 'string' ? [$ref] : []))
  if (!isDraft2020(schema) || refs.some((ref) => pointedAt(schema, ref) === undefined)) {
    modelRefuses(`${place}: JSON schema is invalid. It must match JSON Schema draft 2020-12`)
  }
}

/** B14: definitions are refused with their place, and a reference that is left would be read by nobody. */
function checkNova(schema: Node, place: string): void {
  const key = ['$defs', 'definitions'].find((name) => schema[name] !== undefined)
  if (key !== undefined)
    modelRefuses(
      `Malformed input request: ${place}: extraneous key [${key}] is not permitted, please reformat your input and try again.`
    )
  if (everyNode(schema).some((node) => ['$ref', '$defs', 'definitions'].some((name) => node[name] !== undefined))) {
    modelRefuses('Invalid input request, please reformat your input and try again: $ref is not supported in tool schemas.')
  }
}
