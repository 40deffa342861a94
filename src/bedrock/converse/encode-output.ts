import { isJsonObject, type JsonObject, toJson } from '../../core/json.ts'
import type { Mutable } from '../../core/mutable.ts'
import type { OutputFormat } from '../../core/request.ts'
import type { Block, Turn } from '../../core/turn.ts'
import { unreachable } from '../../core/unreachable.ts'
import type { AnswerContext } from '../answer/answer-context.ts'
import type { CallableTool } from '../prepare/callable-tools.ts'
import { type EncodeScope, isOmitted, isSchemaOmitted } from '../prepare/encode-scope.ts'
import type { ToolNames } from '../prepare/tool-names.ts'
import { foldRoot } from '../schema/fold-root.ts'
import { isObjectRoot } from '../schema/object-root.ts'
import type { PropertyNames } from '../schema/property-names.ts'
import { lossOf, shapeToolSchema } from '../schema/shape-schema.ts'
import { nativeFormat } from './native-format.ts'
import type { OutputPlan } from './plans.ts'
import { searchesWeb, takesForced } from './tool-choice.ts'

export interface OutputParts {
  readonly properties: PropertyNames
  readonly names: ToolNames
  readonly callable: readonly CallableTool[]
  /** Tools of the history, where none is callable. */
  readonly past: readonly CallableTool[]
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
  if (plan.mode === 'instruction' && isObjectRoot(outputSchema)) context.jsonText = true
  if (plan.tool === undefined) return
  context.jsonTool = plan.tool.name
  if (!hasOwnProperties(outputSchema)) context.jsonUnwrap = true
}

/** A member of the caller's own is called `properties`, in whatever part of the root it stands. */
function hasOwnProperties(root: JsonObject): boolean {
  const { properties } = foldRoot(root).schema
  return isJsonObject(properties) && Object.hasOwn(properties, 'properties')
}

function planSchema(encoding: EncodeScope, output: SchemaOutput, parts: OutputParts): OutputPlan {
  const native = mayBeNative(encoding) ? nativeFormat(encoding, output, parts.properties) : undefined
  if (native !== undefined) return { mode: 'native', instructions: [], outputConfig: native }
  if (!canTool(encoding, output, parts)) return { mode: 'instruction', instructions: [instruction(output)] }
  const about = output.description?.trim() || 'Gives the final answer. Call it once, with the whole answer.'
  const shaped = shapeToolSchema(output.schema, encoding.traits)
  const loss = lossOf(shaped)
  if (loss !== undefined) encoding.warn('output', loss)
  const name = parts.names.reserve('json')
  const description = shaped.rule === '' ? about : `${about}\n${shaped.rule}`
  const spec = { toolSpec: { name, description, inputSchema: { json: parts.properties.rename(shaped.schema) } } }
  return { mode: 'tool', tool: { name, spec }, instructions: [] }
}

function mayBeNative(encoding: EncodeScope): boolean {
  const { traits, request } = encoding
  if (!traits.structuredOutput) return false
  if (isOmitted(encoding, 'structuredOutput')) {
    encoding.warn('output.strict', 'the model refused to be bound to a schema; it is asked in another way')
    return false
  }
  return traits.structuredOutputWithCitations || !asksForCitations(request.turns)
}

/** The caller wants citations of at least one document of a message, or of a search result; documents of tool results have none. */
export function asksForCitations(turns: readonly Turn[]): boolean {
  return turns.some(({ content }) => content.some(hasCited))
}

/** A document whose caller wants it cited. */
export function wantsCitations(block: Block): boolean {
  return block.type === 'document' && block.citations === true
}

function hasCited(block: Block): boolean {
  if (block.type === 'tool-result') return block.content.some(isCitedResult)
  return wantsCitations(block) || isCitedResult(block)
}

function isCitedResult(block: Block): boolean {
  return block.type === 'search-result' && block.citations === true
}

/** A tool can be the answer where it can be forced: alone, or, beside the caller's tools, as one of those the model must choose from. */
function canTool(encoding: EncodeScope, { schema }: SchemaOutput, { callable, past, reasoning }: OutputParts): boolean {
  const { traits, request, stream } = encoding
  if (!traits.tools || !isObjectRoot(schema)) return false
  if (reasoning && !traits.forcedToolWithReasoning) return false
  // Where tools do not stream, an instruction keeps the answer streaming.
  if (stream && (!traits.toolsInStream || isOmitted(encoding, 'streamingTools'))) return false
  // Behind the caller's own tools the answer's tool is the last one.
  if (isSchemaOmitted(encoding, callable.length + past.length)) {
    encoding.warn('output.strict', 'the model refused the schema of the answer; it is asked for in words')
    return false
  }
  if (searchesWeb(encoding) || request.tools.some((tool) => tool.type === 'system')) return false
  if (callable.length === 0) return takesForced(encoding, 'tool') || takesForced(encoding, 'any')
  const isFree = request.toolChoice === undefined || request.toolChoice.type === 'auto'
  return isFree && takesForced(encoding, 'any')
}

function instruction({ schema, description }: SchemaOutput): string {
  const about = description === undefined || description.trim() === '' ? '' : ` (${description.trim()})`
  return `Give the final answer as one JSON value that fits this JSON Schema${about}, and nothing else: no prose before or after it, no Markdown fences.\n${toJson(schema)}`
}
