import { isSameJson, type JsonObject } from '../../core/json.ts'
import { GatewayError, quoted } from '../../errors.ts'
import type { CallableTool } from '../prepare/callable-tools.ts'
import { type EncodeScope, isOmitted, isSchemaOmitted } from '../prepare/encode-scope.ts'
import { toolExtras } from '../prepare/tool-extras.ts'
import { membersOnly } from '../schema/members-only.ts'
import { sanitizeSchema } from '../schema/sanitize-schema.ts'
import { createSchemaRoom } from '../schema/schema-limits.ts'
import { lossOf, type ShapedSchema, shapeToolSchema } from '../schema/shape-schema.ts'
import { cachePoint } from './cache-spots.ts'
import type { ToolParts } from './plans.ts'
import { planToolChoice, searchesWeb } from './tool-choice.ts'

/** The tools of a request and how the model may use them. */
export interface ToolPlan {
  /** Entries of toolConfig.tools in the caller's order, cache points in place; empty: no toolConfig. */
  readonly tools: readonly JsonObject[]
  /** `{toolChoice}` or nothing. */
  readonly choice: JsonObject
  /** Words in place of a choice the model does not take. */
  readonly instructions: readonly string[]
  /** Fields of the native body. */
  readonly fields: JsonObject
}

const MOST_STRICT = 20
const NO_TOOLS: readonly JsonObject[] = []

/** Encodes the caller's tools, the provider's own and the gateway's answer tool. Order is the caller's: another one breaks the prompt cache. */
export function planTools(encoding: EncodeScope, parts: ToolParts): ToolPlan {
  const choice = planToolChoice(encoding, parts)
  const all = [...parts.callable, ...parts.past]
  const offered = choice.only === undefined ? all : all.filter((tool) => tool.name === choice.only)
  const shaped = offered.map((tool, place) => shapeTool(encoding, tool, place))
  reportExtras(encoding)
  const strict = strictTools(encoding, shaped)
  const tools = [
    ...shaped.flatMap((tool) => encodeTool(tool, parts, strict.has(tool))),
    ...systemTools(encoding),
    ...(parts.output.tool === undefined ? [] : [parts.output.tool.spec])
  ]
  return { tools, choice: choice.wire, instructions: choice.instructions, fields: parallelField(encoding, parts, choice.wire) }
}

/** What only Claude's own body has a place for, and not of every Claude. */
function reportExtras({ request, traits, isNative, warnAt }: EncodeScope): void {
  for (const [index, tool] of request.tools.entries()) {
    if (tool.type !== 'function' || (tool.examples === undefined && tool.eagerInput === undefined)) continue
    const path = tool.path ?? `tools[${index}]`
    const taken = isNative === true ? toolExtras(tool, traits) : {}
    if (tool.examples !== undefined && taken.input_examples === undefined)
      warnAt(`${path}.input_examples`, 'the model takes no examples of inputs')
    if (tool.eagerInput === true && taken.eager_input_streaming === undefined)
      warnAt(`${path}.eager_input_streaming`, 'the model writes the input of tools at its own pace')
  }
}

/** A caller's tool with its schema in the form that the model takes. */
interface ShapedTool extends ShapedSchema {
  readonly tool: CallableTool
}

function shapeTool(encoding: EncodeScope, tool: CallableTool, place: number): ShapedTool {
  const { traits } = encoding
  // A grammar closes each object, and what is closed at the root leaves no room for alternatives there.
  const rules = tool.strict === true && traits.strictTools ? { ...traits, rootComposition: false } : traits
  const shaped = shapeToolSchema(tool.inputSchema ?? {}, rules)
  const loss = lossOf(shaped)
  if (loss !== undefined) encoding.warnAt(tool.path, loss)
  if (!isSchemaOmitted(encoding, place)) return { ...shaped, tool }
  const schema = membersOnly(shaped.schema)
  if (!isSameJson(schema, shaped.schema))
    encoding.warnAt(tool.path, 'the model refused its schema; it is told of the members and their types alone')
  return { ...shaped, schema, tool }
}

function encodeTool(
  { tool, schema, rule }: ShapedTool,
  { names, properties }: ToolParts,
  isStrict: boolean
): readonly JsonObject[] {
  const description = rule === '' ? (tool.description ?? '') : `${tool.description ?? ''}\n${rule}`.trimStart()
  const toolSpec = {
    name: names.toBedrock(tool.name),
    ...(description.trim() === '' ? {} : { description }),
    inputSchema: { json: properties.rename(isStrict ? sanitizeSchema(schema) : schema) },
    ...(isStrict ? { strict: true } : {})
  }
  return tool.cache === undefined ? [{ toolSpec }] : [{ toolSpec }, cachePoint(tool.cache)]
}

const NONE: ReadonlySet<ShapedTool> = new Set()

/** The tools whose arguments the model's grammar will enforce; for the others the wish is reported as dropped. */
function strictTools(encoding: EncodeScope, offered: readonly ShapedTool[]): ReadonlySet<ShapedTool> {
  if (!offered.some(({ tool }) => tool.strict === true)) return NONE
  const taken = encoding.traits.strictTools && !isOmitted(encoding, 'strict')
  const room = createSchemaRoom()
  const strict = new Set<ShapedTool>()
  for (const shaped of offered) {
    const { tool, schema } = shaped
    if (tool.strict !== true) continue
    if (taken && strict.size < MOST_STRICT && room.take(schema)) strict.add(shaped)
    else
      encoding.warnAt(`${tool.path}.strict`, taken ? 'the schema cannot be enforced' : 'the model does not enforce tool schemas')
  }
  return strict
}

function systemTools(encoding: EncodeScope): readonly JsonObject[] {
  const { request, traits, target, warnAt } = encoding
  const asked = request.tools.flatMap((tool, index) =>
    tool.type === 'system' ? [{ name: tool.name, path: tool.path ?? `tools[${index}]` }] : []
  )
  const missing = asked.find(({ name }) => !traits.systemTools.includes(name))
  if (missing !== undefined) {
    throw new GatewayError('unsupported_parameter', `${target.id} has no tool ${quoted(missing.name)}`, { param: missing.path })
  }
  if (request.webSearch === true && traits.webSearchTool === '') {
    throw new GatewayError('unsupported_parameter', `${target.id} cannot search the web`, { field: 'webSearch' })
  }
  if (request.optionalSearch !== undefined && (traits.webSearchTool === '' || isOmitted(encoding, 'webSearch')))
    warnAt(request.optionalSearch, 'the model cannot search the web here')
  const names = [...asked.map(({ name }) => name), ...(searchesWeb(encoding) ? [traits.webSearchTool] : [])]
  if (names.length === 0) return NO_TOOLS
  return [...new Set(names)].map((name) => ({ systemTool: { name } }))
}

/** `parallel_tool_calls: false`. The field has a type of its own only where toolConfig has no choice: both together are refused. */
function parallelField(encoding: EncodeScope, { callable }: ToolParts, wire: JsonObject): JsonObject {
  if (encoding.request.parallelToolCalls !== false || callable.length === 0) return {}
  if (!encoding.traits.parallelToolSwitch || isOmitted(encoding, 'parallelToolCalls')) {
    encoding.warn('parallelToolCalls', 'the model cannot be held to one call at a time')
    return {}
  }
  const type = wire.toolChoice === undefined ? { type: 'auto' } : {}
  return { tool_choice: { ...type, disable_parallel_tool_use: true } }
}
