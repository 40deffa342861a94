import { isEmpty, isJsonObject, isSameJson, type Json, type JsonObject } from '../../core/json.ts'
import type { FunctionTool, SystemTool, Tool } from '../../core/turn.ts'
import { CUSTOM_TOOL_SCHEMA, describeCustomTool } from '../openai/custom-tool.ts'
import { present } from '../openai/present.ts'
import { atMost, objectAt, optionalBoolean, optionalObject, optionalString, stringAt } from '../openai/read-value.ts'
import { badValue } from '../openai/refuse.ts'
import { isEmptyList } from './decode-arguments.ts'
import { decodeCacheMark } from './decode-cache.ts'
import type { ChatFields } from './fields.ts'
import { reportUnknown } from './members.ts'
import type { Report } from './report.ts'

export interface DecodedTools {
  readonly tools: readonly Tool[]
  /** Names of the tools that the caller gave as `custom`. */
  readonly custom: ReadonlySet<string>
  /** The tools came as `functions`. */
  readonly legacy: boolean
}

const MOST_TOOLS = 1000

/** Where a schema of arguments stands: as OpenAI, Anthropic and MCP name it. */
const SCHEMA_NAMES = ['parameters', 'input_schema', 'inputSchema'] as const

const NO_TOOLS: DecodedTools = { tools: [], custom: new Set(), legacy: false }

/** Reads `tools`, or else the older `functions`. Order is kept: another order would miss the model's cache. */
export function decodeTools(fields: ChatFields, report: Report): DecodedTools {
  const given = fields.get('tools') ?? []
  const functions = fields.get('functions') ?? []
  if (given.length === 0 && functions.length === 0) return NO_TOOLS
  const legacy = given.length === 0 && functions.length > 0
  if (given.length > 0 && functions.length > 0) report(fields.path('functions'), '`tools` is given too and wins')
  const path = fields.path(legacy ? 'functions' : 'tools')
  const custom = new Set<string>()
  const list = atMost(legacy ? functions : given, MOST_TOOLS, path)
  const tools = legacy
    ? list.map((value, index) => functionTool(objectAt(value, `${path}[${index}]`), `${path}[${index}]`, report))
    : list.flatMap((value, index) => decodeTool(value, `${path}[${index}]`, custom, report))
  return { tools: withoutTwins(tools, path), custom, legacy }
}

function decodeTool(value: Json, path: string, custom: Set<string>, report: Report): Tool[] {
  const tool = objectAt(value, path)
  const type = optionalString(tool.type, `${path}.type`) ?? 'function'
  if (type === 'function' || isAnthropicTool(tool, type)) return [wrappedFunction(tool, path, report)]
  if (type === 'system_tool') return [systemTool(tool, path, report)]
  if (type === 'custom') {
    const made = customTool(tool, path, report)
    custom.add(made.name)
    return [made]
  }
  // Codex always sends `web_search` and `namespace` tools; refusing them would refuse Codex.
  report(path, 'tools of this type run at OpenAI; Bedrock has no counterpart')
  return []
}

/** Anthropic's word for a function is `custom`; OpenAI's tools of that name have no schema. */
function isAnthropicTool(tool: JsonObject, type: string): boolean {
  return type === 'custom' && SCHEMA_NAMES.some((name) => tool[name] !== undefined)
}

/** Some clients send a function flat, as the Responses API, Anthropic and MCP have it. */
function wrappedFunction(tool: JsonObject, path: string, report: Report): FunctionTool {
  const flat = (tool.function === undefined || tool.function === null) && typeof tool.name === 'string'
  if (flat) return functionTool(tool, path, report)
  reportUnknown(tool, 'tool_function', path, report)
  const made = functionTool(objectAt(tool.function, `${path}.function`), `${path}.function`, report)
  const cache = decodeCacheMark(tool, path, report)
  return cache === undefined ? made : { ...made, cache }
}

function functionTool(source: JsonObject, path: string, report: Report): FunctionTool {
  reportUnknown(source, 'function', path, report)
  return present({
    type: 'function' as const,
    name: toolName(source, path),
    description: optionalString(source.description, `${path}.description`),
    inputSchema: parametersOf(source, path, report),
    strict: optionalBoolean(source.strict, `${path}.strict`),
    cache: decodeCacheMark(source, path, report),
    path
  })
}

function customTool(tool: JsonObject, path: string, report: Report): FunctionTool {
  const source = objectAt(tool.custom ?? tool, `${path}.custom`)
  reportUnknown(tool, 'tool_custom', path, report)
  if (source !== tool) reportUnknown(source, 'custom', `${path}.custom`, report)
  return present({
    type: 'function' as const,
    name: toolName(source, `${path}.custom`),
    description: describeCustomTool(optionalString(source.description, `${path}.custom.description`), source.format),
    inputSchema: CUSTOM_TOOL_SCHEMA,
    cache: decodeCacheMark(tool, path, report),
    path: tool.custom === undefined ? path : `${path}.custom`
  })
}

function systemTool(tool: JsonObject, path: string, report: Report): SystemTool {
  reportUnknown(tool, 'tool_system', path, report)
  const source = optionalObject(tool.system_tool, `${path}.system_tool`) ?? tool
  return { type: 'system', name: toolName(source, path), path }
}

function toolName(source: JsonObject, path: string): string {
  const name = stringAt(source.name, `${path}.name`)
  if (name === '')
    throw badValue(`${path}.name`, `Invalid '${path}.name': empty string. Expected a string with at least one character.`)
  return name
}

const SCALAR_ROOTS: readonly Json[] = ['array', 'string', 'number', 'integer', 'boolean', 'null']

/** The schema that says something, where a client sends several. */
function parametersOf(source: JsonObject, path: string, report: Report): JsonObject | undefined {
  const given = SCHEMA_NAMES.filter((each) => (source[each] ?? null) !== null)
  const name = given.find((each) => saysSomething(source[each])) ?? given[0]
  if (name === undefined) return undefined
  for (const other of given) {
    if (saysSomething(source[other]) && !isSameJson(source[other], source[name]))
      report(`${path}.${other}`, 'another schema of this tool counts')
  }
  const at = `${path}.${name}`
  if (isEmptyList(source[name])) return {}
  const schema = unwrapped(objectAt(source[name], at))
  if (schema.type !== undefined && SCALAR_ROOTS.includes(schema.type)) {
    throw badValue(at, `Invalid '${at}': the schema must be of type "object".`)
  }
  return schema
}

function saysSomething(schema: Json | undefined): boolean {
  return !isJsonObject(schema) ? schema !== undefined && schema !== null && !isEmptyList(schema) : !isEmpty(schema)
}

/** Bedrock's own word for a schema is `{json}`. */
function unwrapped(schema: JsonObject): JsonObject {
  const { json } = schema
  return isJsonObject(json) && Object.keys(schema).length === 1 ? json : schema
}

/** One of each name: a tool given twice is one, and two of one name that differ are refused. A mark on any of them counts. */
function withoutTwins(tools: readonly Tool[], path: string): readonly Tool[] {
  const byName = new Map<string, Tool>()
  for (const tool of tools) {
    const twin = byName.get(tool.name)
    if (twin === undefined) byName.set(tool.name, tool)
    else if (!isSameTool(twin, tool))
      throw badValue(path, `Invalid '${path}': two tools have the same name. Names must be unique.`)
    else if (tool.type === 'function' && tool.cache !== undefined) byName.set(tool.name, { ...twin, cache: tool.cache } as Tool)
  }
  return byName.size === tools.length ? tools : [...byName.values()]
}

function isSameTool(one: Tool, other: Tool): boolean {
  const bare = (tool: Tool) => ({ ...tool, path: null, cache: null }) as unknown as Json
  return isSameJson(bare(one), bare(other))
}
