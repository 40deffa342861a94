import { isJsonObject, isSameJson, type Json, type JsonObject } from '../../core/json.ts'
import type { FunctionTool } from '../../core/turn.ts'
import { CUSTOM_TOOL_SCHEMA, describeCustomTool } from '../openai/custom-tool.ts'
import { present } from '../openai/present.ts'
import { atMost, objectAt, optionalArray, optionalBoolean, optionalString, stringAt } from '../openai/read-value.ts'
import { badValue } from '../openai/refuse.ts'
import { isTellable } from '../openai/unknown-members.ts'
import { decodeCacheMark } from '../openai-chat/decode-cache.ts'
import type { Report } from '../openai-chat/report.ts'
import { reportUnknown } from './members.ts'
import { modelName, type ToolIdentity, ToolTable } from './tool-table.ts'

/** The types of tools that clients give (OpenAI's OpenAPI file, 2026-08). */
export type ToolType =
  | 'function'
  | 'custom'
  | 'namespace'
  | 'tool_search'
  | 'local_shell'
  | 'shell'
  | 'apply_patch'
  | 'web_search'
  | 'web_search_2025_08_26'
  | 'web_search_preview'
  | 'web_search_preview_2025_03_11'
  | 'file_search'
  | 'code_interpreter'
  | 'image_generation'
  | 'mcp'
  | 'computer'
  | 'computer_use_preview'
  | 'programmatic_tool_calling'

interface ToolRow {
  /** For the documentation. */
  readonly note: string
  /** Absent: the tool runs at OpenAI; it is left out and reported. */
  readonly read?: (tool: JsonObject, path: string, reading: ToolReading) => void
}

const SEARCHES: ToolRow = {
  note: "the model's own search where it has one, else left out and reported; left out with `external_web_access` false",
  read: readSearch
}
const HOSTED: ToolRow = { note: 'runs at OpenAI: left out, reported' }

/** What becomes of a tool, by its type. */
export const TOOLS = {
  function: { note: 'a function', read: (tool, path, reading) => readNamed(tool, path, 'function', undefined, reading) },
  custom: {
    note: 'a function of one string; the grammar is told in its description',
    read: (tool, path, reading) => readNamed(tool, path, 'custom', undefined, reading)
  },
  namespace: { note: 'its functions and custom tools; calls come back with `namespace`', read: readNamespace },
  tool_search: { note: '`execution` client: a function; else left out, since every tool is sent', read: readToolSearch },
  local_shell: { note: 'a function', read: (tool, path, reading) => readFixed(tool, path, 'local_shell', reading) },
  shell: { note: 'a function; 400 with a container', read: readShell },
  apply_patch: { note: 'a function', read: (tool, path, reading) => readFixed(tool, path, 'apply_patch', reading) },
  web_search: SEARCHES,
  web_search_2025_08_26: SEARCHES,
  web_search_preview: SEARCHES,
  web_search_preview_2025_03_11: SEARCHES,
  file_search: HOSTED,
  code_interpreter: HOSTED,
  image_generation: HOSTED,
  mcp: HOSTED,
  computer: HOSTED,
  computer_use_preview: HOSTED,
  programmatic_tool_calling: HOSTED
} as const satisfies Record<ToolType, ToolRow>

/** The tools of one request. */
export interface DecodedTools {
  readonly tools: readonly FunctionTool[]
  readonly table: ToolTable
  /** Types of tools that were left out. */
  readonly hosted: ReadonlySet<string>
  /** What is told of the tool that asks for the model's own web search; absent: none does. */
  readonly webSearch: string | undefined
}

interface ToolReading {
  readonly byName: Map<string, FunctionTool>
  readonly table: ToolTable
  readonly hosted: Set<string>
  webSearch: string | undefined
  /** Characters of namespaces' descriptions that may still be said again. */
  copyRoom: number
  readonly report: Report
}

/** A namespace's description is said with each of its members, and may be megabytes. */
const COPY_ROOM = 1_000_000

/** A list of tools, wherever in the request it stands. */
export interface ToolList {
  readonly tools: readonly Json[]
  readonly path: string
}

const MOST_TOOLS = 1000

/**
 * Reads the tools of a request: its `tools`, then those that items of its input bring. Order is kept, since another would miss the model's
 * cache; of two with one name the later counts.
 */
export function decodeTools(lists: readonly ToolList[], report: Report): DecodedTools {
  const reading: ToolReading = {
    byName: new Map(),
    table: new ToolTable(),
    hosted: new Set(),
    webSearch: undefined,
    copyRoom: COPY_ROOM,
    report
  }
  for (const { tools, path } of lists) {
    atMost(tools, MOST_TOOLS, path).forEach((value, index) => {
      readTool(objectAt(value, `${path}[${index}]`), `${path}[${index}]`, reading)
    })
  }
  if (reading.byName.size > MOST_TOOLS) atMost([...reading.byName], MOST_TOOLS, 'tools')
  return { tools: [...reading.byName.values()], table: reading.table, hosted: reading.hosted, webSearch: reading.webSearch }
}

function readTool(tool: JsonObject, path: string, reading: ToolReading): void {
  const type = stringAt(tool.type ?? 'function', `${path}.type`)
  const row: ToolRow | undefined = Object.hasOwn(TOOLS, type) ? TOOLS[type as ToolType] : undefined
  if (row?.read !== undefined) row.read(tool, path, reading)
  else leaveOut(type, path, reading)
}

function leaveOut(type: string, path: string, { hosted, report }: ToolReading): void {
  hosted.add(type)
  report(isTellable(type) ? `tools.${type}` : path, 'a tool of this type runs at OpenAI; Bedrock has no counterpart')
}

function readSearch(tool: JsonObject, path: string, reading: ToolReading): void {
  const type = String(tool.type)
  if (tool.external_web_access === false) return leaveOut(type, path, reading)
  reading.hosted.add(type) // it cannot be chosen by name
  reading.webSearch ??= `tools.${type}`
}

function readNamed(
  tool: JsonObject,
  path: string,
  kind: 'function' | 'custom',
  group: { readonly name: string; readonly description: string | undefined } | undefined,
  reading: ToolReading
): void {
  reportUnknown(tool, kind, path, reading.report)
  const name = stringAt(tool.name, `${path}.name`)
  if (name === '')
    throw badValue(`${path}.name`, `Invalid '${path}.name': empty string. Expected a string with at least one character.`)
  const identity: ToolIdentity = group === undefined ? { kind, name } : { kind, name, namespace: group.name }
  const described = optionalString(tool.description, `${path}.description`)
  const own = kind === 'custom' ? describeCustomTool(described, tool.format) : described
  const description = [group?.description, own].filter((text) => text !== undefined && text !== '').join('\n\n')
  add(
    present({
      type: 'function' as const,
      name: modelName(identity, reading.table),
      description: description === '' ? undefined : description,
      inputSchema: kind === 'custom' ? CUSTOM_TOOL_SCHEMA : parametersOf(tool, path),
      strict: kind === 'custom' ? undefined : optionalBoolean(tool.strict, `${path}.strict`),
      cache: decodeCacheMark(tool, path, reading.report),
      path
    }),
    identity,
    reading
  )
}

function parametersOf(tool: JsonObject, path: string): JsonObject | undefined {
  const given = tool.parameters
  if (given === undefined || given === null) return undefined
  if (Array.isArray(given) && given.length === 0) return {} // PHP writes an empty object as an empty list
  const schema = objectAt(given, `${path}.parameters`)
  if (typeof schema.type !== 'string' || schema.type === 'object') return schema
  throw badValue(`${path}.parameters`, `Invalid '${path}.parameters': the schema must be of type "object".`)
}

/** Of two with one name the later counts, in the place of the first; told only where they differ. */
function add(tool: FunctionTool, identity: ToolIdentity, { byName, table, report }: ToolReading): void {
  const before = byName.get(tool.name)
  if (before !== undefined && !isSameJson({ ...before, path: '' } as never, { ...tool, path: '' } as never)) {
    report(before.path ?? 'tools', 'a later tool has the same name and counts')
  }
  byName.set(tool.name, tool)
  table.set(tool.name, identity)
}

function readNamespace(tool: JsonObject, path: string, reading: ToolReading): void {
  const name = stringAt(tool.name, `${path}.name`)
  const description = optionalString(tool.description, `${path}.description`)
  const members = atMost(optionalArray(tool.tools, `${path}.tools`) ?? [], MOST_TOOLS, `${path}.tools`)
  members.forEach((value, index) => {
    const at = `${path}.tools[${index}]`
    const member = objectAt(value, at)
    const type = stringAt(member.type ?? 'function', `${at}.type`)
    if (index > 0) reading.copyRoom -= description?.length ?? 0
    const isSaid = index === 0 || reading.copyRoom >= 0
    if (type === 'function' || type === 'custom')
      readNamed(member, at, type, { name, description: isSaid ? description : undefined }, reading)
    else leaveOut(type, at, reading)
  })
}

const SEARCH_SCHEMA: JsonObject = {
  type: 'object',
  properties: { query: { type: 'string', description: 'What the tool should be able to do.' } },
  required: ['query']
}

function readToolSearch(tool: JsonObject, path: string, reading: ToolReading): void {
  // Run at OpenAI it only finds deferred tools, and those are sent anyway: without it the request means the same.
  if (tool.execution !== 'client') return
  const schema = isJsonObject(tool.parameters) ? parametersOf(tool, path) : SEARCH_SCHEMA
  readFixed(tool, path, 'tool_search', reading, schema)
}

type FixedKind = 'tool_search' | 'local_shell' | 'shell' | 'apply_patch'

const STRINGS: JsonObject = { type: 'array', items: { type: 'string' } }

/** What OpenAI's models know by heart of their own tools. */
const FIXED: Readonly<Record<FixedKind, { readonly description: string; readonly schema: JsonObject }>> = {
  tool_search: { description: 'Finds further tools by what they do.', schema: SEARCH_SCHEMA },
  local_shell: {
    description: "Runs a command on the user's machine and returns its output.",
    schema: {
      type: 'object',
      properties: {
        command: { ...STRINGS, description: 'The program and its arguments.' },
        working_directory: { type: 'string' },
        timeout_ms: { type: 'integer' }
      },
      required: ['command']
    }
  },
  shell: {
    description: 'Runs shell commands, each in a shell of its own, and returns what they print.',
    schema: {
      type: 'object',
      properties: { commands: STRINGS, timeout_ms: { type: 'integer' }, max_output_length: { type: 'integer' } },
      required: ['commands']
    }
  },
  apply_patch: {
    description:
      'Creates, updates or deletes one file. `diff` is a V4A diff: lines that begin with a space, + or -, in sections that begin with @@; for a new file every line begins with +.',
    schema: {
      type: 'object',
      properties: {
        type: { type: 'string', enum: ['create_file', 'update_file', 'delete_file'] },
        path: { type: 'string' },
        diff: { type: 'string', description: 'Not for delete_file.' }
      },
      required: ['type', 'path']
    }
  }
}

function readFixed(tool: JsonObject, path: string, kind: FixedKind, reading: ToolReading, schema = FIXED[kind].schema): void {
  const description = optionalString(tool.description, `${path}.description`) || FIXED[kind].description
  add({ type: 'function', name: kind, description, inputSchema: schema ?? SEARCH_SCHEMA, path }, { kind, name: kind }, reading)
}

function readShell(tool: JsonObject, path: string, reading: ToolReading): void {
  const environment = isJsonObject(tool.environment) ? tool.environment.type : undefined
  if (environment !== undefined && environment !== 'local')
    throw badValue(path, `Invalid '${path}': containers run at OpenAI; only a shell with a 'local' environment can be used here.`)
  readFixed(tool, path, 'shell', reading)
}
