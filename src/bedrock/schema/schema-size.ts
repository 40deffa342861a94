import { isJsonObject, type Json } from '../../core/json.ts'
import type { ChatRequest } from '../../core/request.ts'
import { GatewayError } from '../../errors.ts'

/**
 * Names in all schemas of a request, four times what OpenAI takes in one ("up to 5000 object properties total", guide to Structured Outputs,
 * 2025-09): with eight tokens for each, the least there is, they fill a model of 160,000.
 */
const MOST_NAMES = 20_000
/** All drafts of JSON Schema and OpenAPI together have no more keywords; further members of a schema count as names. */
const MOST_KEYWORDS = 100

/** Keywords whose members are names that the caller chose. */
const NAMING: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
  'dependentRequired',
  'dependencies'
])

/**
 * Refuses schemas of more names than any model reads: each name is looked at several times while a schema is said in Bedrock's words.
 * Throws 400 that names the tools, or the answer's form. For heavy requests; others cannot hold so many.
 */
export function refuseLargeSchemas({ tools, output }: ChatRequest): void {
  let ofTools = 0
  for (const tool of tools) if (tool.type === 'function') ofTools += countNames(tool.inputSchema ?? {})
  const ofOutput = output.type === 'json-schema' ? countNames(output.schema) : 0
  if (ofTools + ofOutput <= MOST_NAMES) return
  const message = `The schemas have ${ofTools + ofOutput} properties in all; ${MOST_NAMES} are possible.`
  throw new GatewayError('invalid_value', message, { field: ofTools > ofOutput ? 'tools' : 'output' })
}

function countNames(schema: Json): number {
  if (Array.isArray(schema)) return schema.reduce((sum: number, item: Json) => sum + countNames(item), 0)
  if (!isJsonObject(schema)) return 0
  let count = 0
  let keywords = 0
  for (const keyword in schema) {
    const value = schema[keyword]!
    if (++keywords > MOST_KEYWORDS) count++
    if (typeof value !== 'object' || value === null) continue
    if (NAMING.has(keyword) && isJsonObject(value)) for (const name in value) count += 1 + countNames(value[name]!)
    else count += countNames(value)
  }
  return count
}
