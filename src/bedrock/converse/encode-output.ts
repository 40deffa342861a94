import { isJsonObject, type JsonObject, toJson } from '../../core/json.ts'
import type { Mutable } from '../../core/mutable.ts'
import type { OutputFormat } from '../../core/request.ts'
import type { Block, Turn } from '../../core/turn.ts'
import { unreachable } from '../../core/unreachable.ts'
import type { AnswerContext } from '../answer/answer-context.ts'
import type { CallableTool } from '../prepare/callable-tools.ts'
import { type EncodeScope, isOmitted } from '../prepare/encode-scope.ts'
import type { ToolNames } from '../prepare/tool-names.ts'
import type { PropertyNames } from '../schema/property-names.ts'
import { isObjectNode, sanitizeSchema } from '../schema/sanitize-schema.ts'
import { createSchemaRoom } from '../schema/schema-limits.ts'
import { shapeSchema } from '../schema/shape-schema.ts'
import { toolSchema } from '../schema/tool-schema.ts'
import type { OutputPlan } from './plans.ts'
import { takesForced } from './tool-choice.ts'

export interface OutputParts {
  readonly properties: PropertyNames
  readonly names: ToolNames
  readonly callable: readonly CallableTool[]
  /** The model reasons in this call. */
  readonly reasoning: boolean
}

type SchemaOutput = Extract<OutputFormat, { type: 'json-schema' }>

const PLAIN: OutputPlan = { mode: 'text', instructions: [] }
const ANY_JSON = 'Answer with one valid JSON object and nothing else: no prose before or after it, no Markdown fences.'

/** Picks the strongest way the model has: its own structured output, else a forced tool, else an instruction. */
export function planOutput(encoding: EncodeScope, parts: OutputParts): OutputPlan {
  const { output } = encoding.request
  switch (output.type) {
    case 'text':
      return PLAIN
    case 'json':
      return { mode: 'instruction', instructions: [ANY_JSON] }
    case 'json-schema':
      return planSchema(encoding, output, parts)
    default:
      return unreachable(output)
  }
}

/** Notes in the answer's context how to read and check it. */
export function outputContext(output: OutputFormat, plan: OutputPlan, context: Mutable<AnswerContext>): void {
  if (output.type === 'text' || plan.mode === 'text') return
  const outputSchema = output.type === 'json' ? { type: 'object' } : output.schema
  context.outputSchema = outputSchema
  context.outputMode = plan.mode
  if (plan.mode === 'instruction' && isObjectNode(outputSchema)) context.jsonText = true
  if (plan.tool === undefined) return
  context.jsonTool = plan.tool.name
  if (!hasOwnProperties(outputSchema)) context.jsonUnwrap = true
}

function hasOwnProperties({ properties }: JsonObject): boolean {
  return isJsonObject(properties) && Object.hasOwn(properties, 'properties')
}

function planSchema(encoding: EncodeScope, output: SchemaOutput, parts: OutputParts): OutputPlan {
  if (canNative(encoding, output))
    return { mode: 'native', instructions: [], outputConfig: nativeFormat(encoding, output, parts) }
  if (!canTool(encoding, output, parts)) return { mode: 'instruction', instructions: [instruction(output)] }
  const name = parts.names.reserve('json')
  const about = output.description?.trim() || 'Gives the final answer. Call it once, with the whole answer.'
  const { schema, rule, isCut } = shapeSchema(output.schema, encoding.traits)
  if (isCut) encoding.warn('output', 'the model reads no references, and not all of them can be written out')
  const description = rule === '' ? about : `${about}\n${rule}`
  const spec = { toolSpec: { name, description, inputSchema: { json: parts.properties.rename(toolSchema(schema)) } } }
  return { mode: 'tool', tool: { name, spec }, instructions: [] }
}

function canNative(encoding: EncodeScope, { schema }: SchemaOutput): boolean {
  const { traits, request } = encoding
  if (!traits.structuredOutput) return false
  if (isOmitted(encoding, 'structuredOutput')) {
    encoding.warn('output.strict', 'the model refused to be bound to a schema; it is asked in another way')
    return false
  }
  return (traits.structuredOutputWithCitations || !asksForCitations(request.turns)) && createSchemaRoom().take(schema)
}

/** The caller wants citations of at least one document of a message; those of tool results have none. */
export function asksForCitations(turns: readonly Turn[]): boolean {
  return turns.some((turn) => turn.content.some(wantsCitations))
}

/** A document whose caller wants it cited. */
export function wantsCitations(block: Block): boolean {
  return block.type === 'document' && block.citations === true
}

function nativeFormat(
  { traits }: EncodeScope,
  { name, description, schema }: SchemaOutput,
  { properties }: OutputParts
): JsonObject {
  const about = description === undefined || description.trim() === '' ? {} : { description }
  const sound = shapeSchema(schema, { ...traits, rootComposition: true }).schema
  const jsonSchema = {
    name: name.trim() === '' ? 'answer' : name,
    ...about,
    schema: toJson(properties.rename(sanitizeSchema(sound)))
  }
  return { textFormat: { type: 'json_schema', structure: { jsonSchema } } }
}

/** A tool can be the answer where it can be forced: alone, or, beside the caller's tools, as one of those the model must choose from. */
function canTool(encoding: EncodeScope, { schema }: SchemaOutput, { callable, reasoning }: OutputParts): boolean {
  const { traits, request, stream } = encoding
  if (!traits.tools || !isObjectNode(schema)) return false
  if (reasoning && !traits.forcedToolWithReasoning) return false
  // Where tools do not stream, an instruction keeps the answer streaming.
  if (stream && (!traits.toolsInStream || isOmitted(encoding, 'streamingTools'))) return false
  if (request.webSearch === true || request.tools.some((tool) => tool.type === 'system')) return false
  if (callable.length === 0) return takesForced(encoding, 'tool') || takesForced(encoding, 'any')
  const isFree = request.toolChoice === undefined || request.toolChoice.type === 'auto'
  return isFree && takesForced(encoding, 'any')
}

function instruction({ schema, description }: SchemaOutput): string {
  const about = description === undefined || description.trim() === '' ? '' : ` (${description.trim()})`
  return `Give the final answer as one JSON value that fits this JSON Schema${about}, and nothing else: no prose before or after it, no Markdown fences.\n${toJson(schema)}`
}
