import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
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

/** Keywords whose items are schemas, each of which is looked at as a property is. */
const COMPOSING: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems'])

/**
 * Refuses schemas of more names than any model reads, or of more that are required: each name is looked at several times while a schema is
 * said in Bedrock's words. Throws 400 that names the tools, or the answer's form. For heavy requests; others cannot hold so many.
 */
export function refuseLargeSchemas({ tools, output }: ChatRequest): void {
  const ofTools: Counts = { names: 0, required: 0 }
  for (const tool of tools) if (tool.type === 'function') count(tool.inputSchema ?? {}, ofTools)
  const ofOutput: Counts = { names: 0, required: 0 }
  if (output.type === 'json-schema') count(output.schema, ofOutput)
  const most = (name: keyof Counts) => ofTools[name] + ofOutput[name]
  const [kind, found] = most('names') > MOST_NAMES ? ['properties', most('names')] : ['required names', most('required')]
  if (found <= MOST_NAMES) return
  const message = `The schemas have ${found} ${kind} in all; ${MOST_NAMES} are possible.`
  const isOfTools = Math.max(ofTools.names, ofTools.required) > Math.max(ofOutput.names, ofOutput.required)
  throw new GatewayError('invalid_value', message, { field: isOfTools ? 'tools' : 'output' })
}

interface Counts {
  names: number
  required: number
}

function count(schema: Json, counts: Counts): void {
  if (Array.isArray(schema)) for (const item of schema) count(item, counts)
  if (!isJsonObject(schema)) return
  let keywords = 0
  for (const keyword in schema) {
    const value = schema[keyword]!
    if (++keywords > MOST_KEYWORDS) counts.names++
    if (typeof value !== 'object' || value === null) continue
    if (keyword === 'required' && Array.isArray(value)) counts.required += value.length
    else if (NAMING.has(keyword) && isJsonObject(value)) countUnder(value, counts)
    else {
      if (COMPOSING.has(keyword) && Array.isArray(value)) counts.names += value.length
      count(value, counts)
    }
  }
}

function countUnder(holder: JsonObject, counts: Counts): void {
  for (const name in holder) {
    counts.names++
    count(holder[name]!, counts)
  }
}
