import { isJsonObject, isSameJson, type Json, type JsonObject } from '../../core/json.ts'
import type { ToolChoice } from '../../core/request.ts'
import type { FunctionTool, Tool } from '../../core/turn.ts'
import { present } from '../openai/present.ts'
import { CLIENT_TOOLS, clientToolSchema, describeClientTool } from './client-tools.ts'
import { decodeCacheMark } from './decode-cache.ts'
import { reportUnknown } from './members.ts'
import { dictionaryAt, objectAt, optionalArray, optionalBoolean, optionalObject, optionalString, stringAt } from './read-value.ts'
import { badValue, wrongTag } from './refuse.ts'
import type { Report } from './report.ts'

/** Tools that are given by a type, which ends in a date, instead of a schema: run by the caller, by Anthropic, or a search among the others. */
export const TYPED_TOOLS = {
  bash: 'caller',
  text_editor: 'caller',
  memory: 'caller',
  computer: 'caller',
  tool_search_tool_regex: 'search',
  tool_search_tool_bm25: 'search',
  web_search: 'provider',
  web_fetch: 'provider',
  code_execution: 'provider',
  mcp_toolset: 'provider',
  advisor: 'provider'
} as const satisfies Record<keyof typeof CLIENT_TOOLS, 'caller'> & Record<string, 'caller' | 'search' | 'provider'>

type TypedTool = keyof typeof TYPED_TOOLS

const MOST_TOOLS = 1000
const LONGEST_NAME = 128

/** Reads the tools in the caller's order: another one breaks the prompt cache. `referred`: those that the conversation has named already. */
export function decodeTools(value: Json | undefined, referred: () => ReadonlySet<string>, report: Report): readonly Tool[] {
  const list = optionalArray(value, 'tools', MOST_TOOLS) ?? []
  if (list.length === 0) return []
  const tools = list.map((each, index) => decodeTool(objectAt(each, `tools.${index}`), `tools.${index}`, report))
  const unique = withoutTwins(tools)
  if (!unique.some((tool) => tool.type === 'function' && tool.deferred)) return unique
  // Where the provider's search would find them and there is none, they are offered at once: else nothing ever could.
  const isSearched = unique.some((tool) => tool.type === 'provider' && tool.isSearch)
  const named = referred()
  return unique.map((tool) =>
    tool.type === 'function' && tool.deferred && (isSearched || named.has(tool.name)) ? offered(tool) : tool
  )
}

function offered({ deferred: _, ...tool }: FunctionTool): FunctionTool {
  return tool
}

function decodeTool(tool: JsonObject, path: string, report: Report): Tool {
  const type = optionalString(tool.type, `${path}.type`) ?? 'custom'
  if (type !== 'custom') return typedTool(tool, type, path, report)
  reportUnknown(tool, 'tool', path, report)
  const given = tool.input_schema ?? (isJsonObject(tool.custom) ? tool.custom.input_schema : null)
  const schema = given === null || given === undefined ? undefined : dictionaryAt(given, `${path}.input_schema`)
  if (schema?.type !== undefined && schema.type !== 'object')
    throw badValue(`${path}.input_schema.type`, "Input should be 'object'")
  const deferred = optionalBoolean(tool.defer_loading, `${path}.defer_loading`)
  const callers = tool.allowed_callers
  if (Array.isArray(callers) && callers.length > 0) report(`${path}.allowed_callers`, 'Bedrock has no such member of a tool')
  const examples = optionalArray(tool.input_examples, `${path}.input_examples`, MOST_TOOLS) ?? []
  const isEager = optionalBoolean(tool.eager_input_streaming, `${path}.eager_input_streaming`)
  return present({
    type: 'function' as const,
    name: toolName(tool, path),
    description: optionalString(tool.description, `${path}.description`),
    inputSchema: schema,
    strict: optionalBoolean(tool.strict, `${path}.strict`),
    deferred: deferred === true ? (true as const) : undefined,
    examples: examples.length === 0 ? undefined : examples,
    eagerInput: isEager === true ? (true as const) : undefined,
    cache: decodeCacheMark(tool, path, report),
    path
  })
}

function toolName(tool: JsonObject, path: string): string {
  const name = stringAt(tool.name, `${path}.name`)
  if (name === '') throw badValue(`${path}.name`, 'String should have at least 1 character')
  if (name.length > LONGEST_NAME) throw badValue(`${path}.name`, `String should have at most ${LONGEST_NAME} characters`)
  return name
}

function typedTool(tool: JsonObject, kind: string, path: string, report: Report): Tool {
  const word = kind.replace(/_\d{8}$/, '')
  if (!isTyped(word)) throw wrongTag(`${path}.type`, ['custom', ...Object.keys(TYPED_TOOLS)], kind)
  const runner = TYPED_TOOLS[word]
  const name = optionalString(tool.name ?? tool.mcp_server_name, `${path}.name`) ?? word
  const cache = decodeCacheMark(tool, path, report)
  if (runner !== 'caller') return present({ type: 'provider' as const, kind, name, isSearch: runner === 'search', cache, path })
  const known = CLIENT_TOOLS[word as keyof typeof CLIENT_TOOLS]
  return present({
    type: 'function' as const,
    name,
    description: describeClientTool(known, tool),
    inputSchema: clientToolSchema(known),
    cache,
    path
  })
}

function isTyped(word: string): word is TypedTool {
  return Object.hasOwn(TYPED_TOOLS, word)
}

/** A tool that is given twice is one, as in the other dialects; two of one name that differ are refused. A mark on any of them counts. */
function withoutTwins(tools: readonly Tool[]): readonly Tool[] {
  const seen = new Map<string, Tool>()
  for (const tool of tools) {
    const before = seen.get(tool.name)
    if (before === undefined) seen.set(tool.name, tool)
    else if (!isSameJson(bare(before), bare(tool))) throw badValue('tools', 'Tool names must be unique.')
    else if ('cache' in tool) seen.set(tool.name, { ...before, cache: tool.cache } as Tool)
  }
  return seen.size === tools.length ? tools : [...seen.values()]
}

function bare(tool: Tool): Json {
  return { ...tool, path: null, cache: null } as unknown as Json
}

export interface DecodedChoice {
  readonly choice: ToolChoice | undefined
  /** `false`: at most one call. */
  readonly parallel: boolean | undefined
}

const CHOICES = ['auto', 'any', 'tool', 'none'] as const

/** Reads `tool_choice`; without tools it says nothing. */
export function decodeToolChoice(value: Json | undefined, tools: readonly Tool[], report: Report): DecodedChoice {
  const given = optionalObject(value, 'tool_choice')
  if (given === undefined) return { choice: undefined, parallel: undefined }
  reportUnknown(given, 'tool_choice', 'tool_choice', report)
  const said = stringAt(given.type, 'tool_choice.type')
  const type = CHOICES.find((each) => each === said)
  if (type === undefined) throw wrongTag('tool_choice.type', CHOICES, said)
  const single = optionalBoolean(given.disable_parallel_tool_use, 'tool_choice.disable_parallel_tool_use')
  const parallel = single === true && type !== 'none' ? false : undefined
  if (type === 'tool') {
    const name = stringAt(given.name, 'tool_choice.name')
    if (!tools.some((tool) => tool.name === name)) throw badValue('tool_choice.name', 'The tool is not among the given tools')
    return { choice: { type, name }, parallel }
  }
  if (tools.length === 0) return { choice: undefined, parallel: undefined }
  return { choice: { type: type === 'any' ? 'required' : type }, parallel }
}
