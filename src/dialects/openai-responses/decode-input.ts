import { isEmpty, isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { Block, TextBlock, Turn } from '../../core/turn.ts'
import { GatewayError } from '../../errors.ts'
import { CUSTOM_TOOL_FIELD } from '../openai/custom-tool.ts'
import { atMost, objectAt, optionalArray, optionalString, stringAt } from '../openai/read-value.ts'
import { badValue, emptyArray, missing, tooMany, wrongChoice, wrongType } from '../openai/refuse.ts'
import { isTellable } from '../openai/unknown-members.ts'
import { decodeArguments } from '../openai-chat/decode-arguments.ts'
import { type ContentBlock, decodeParts } from '../openai-chat/decode-parts.ts'
import { resultBlocks } from '../openai-chat/decode-results.ts'
import type { Report } from '../openai-chat/report.ts'
import type { ToolList } from './decode-tools.ts'
import type { History, PlacedItem } from './history.ts'
import { referencedId } from './kept-ids.ts'
import { reportUnknown } from './members.ts'
import { openSummary, openThoughts } from './sealed.ts'
import { knownName, modelName, type ToolTable } from './tool-table.ts'
import { TurnBuilder } from './turn-builder.ts'

/** The types of input items (OpenAI's OpenAPI file, 2026-08, and what Codex CLI 0.171 sends). */
export type ItemType =
  | 'message'
  | 'function_call'
  | 'function_call_output'
  | 'custom_tool_call'
  | 'custom_tool_call_output'
  | 'reasoning'
  | 'item_reference'
  | 'compaction'
  | 'compaction_trigger'
  | 'additional_tools'
  | 'tool_search_call'
  | 'tool_search_output'
  | 'local_shell_call'
  | 'local_shell_call_output'
  | 'shell_call'
  | 'shell_call_output'
  | 'apply_patch_call'
  | 'apply_patch_call_output'
  | 'mcp_list_tools'
  | 'mcp_call'
  | 'mcp_approval_request'
  | 'mcp_approval_response'
  | 'web_search_call'
  | 'file_search_call'
  | 'code_interpreter_call'
  | 'image_generation_call'
  | 'computer_call'
  | 'computer_call_output'
  | 'program'
  | 'program_output'
  | 'configuration_update'

interface ItemRow {
  /** For the documentation. */
  readonly note: string
  /** Absent: the item is left out and reported. */
  readonly read?: (item: JsonObject, path: string, reading: InputReading) => void
}

interface InputReading {
  readonly turns: TurnBuilder
  readonly table: ToolTable
  readonly report: Report
}

const HOSTED: ItemRow = { note: 'left out, reported: it ran at OpenAI' }

/** What becomes of an item, by its type. */
export const ITEMS = {
  message: {
    note: 'text, images, files; leading system and developer messages are system texts, later ones stay in place',
    read: readMessage
  },
  function_call: { note: 'a call', read: readFunctionCall },
  function_call_output: { note: 'its result: text, images, files', read: readOutput },
  custom_tool_call: {
    note: 'a call',
    read(item, path, reading) {
      addCall(item, path, { [CUSTOM_TOOL_FIELD]: stringAt(item.input ?? '', `${path}.input`) }, nameOf(item, path), reading)
    }
  },
  custom_tool_call_output: { note: 'its result', read: readOutput },
  reasoning: {
    note: 'what this gateway packed in `encrypted_content`, byte for byte; else left out, reported',
    read: readReasoning
  },
  item_reference: {
    note: 'the item that is kept under this id, in its place; else 404',
    read: (item, path) => void stringAt(item.id, `${path}.id`)
  },
  compaction: { note: 'the summary, as user text; 400 when another has packed it', read: readCompaction },
  compaction_trigger: { note: 'last: the answer is one `compaction` item', read: readTrigger },
  additional_tools: { note: 'its tools join those of the request', read: () => undefined },
  tool_search_call: {
    note: 'a call; left out, reported, when it ran at OpenAI',
    read: (item, path, reading) =>
      ranElsewhere(item, reading) ||
      addCall(item, path, objectOf(item.arguments, `${path}.arguments`, reading), 'tool_search', reading)
  },
  tool_search_output: { note: 'its result; its tools join those of the request, wherever it ran', read: readFound },
  local_shell_call: {
    note: 'a call',
    read: (item, path, reading) => addCall(item, path, actionOf(item, path), 'local_shell', reading)
  },
  local_shell_call_output: { note: 'its result', read: readOutput },
  shell_call: { note: 'a call', read: (item, path, reading) => addCall(item, path, actionOf(item, path), 'shell', reading) },
  shell_call_output: { note: 'its result, as JSON', read: readOutput },
  apply_patch_call: {
    note: 'a call',
    read: (item, path, reading) => addCall(item, path, objectAt(item.operation, `${path}.operation`), 'apply_patch', reading)
  },
  apply_patch_call_output: { note: 'its result; `failed` is an error', read: readOutput },
  mcp_list_tools: HOSTED,
  mcp_call: { note: 'its output, as text', read: readMcpCall },
  mcp_approval_request: HOSTED,
  mcp_approval_response: HOSTED,
  web_search_call: HOSTED,
  file_search_call: HOSTED,
  code_interpreter_call: HOSTED,
  image_generation_call: { note: "its image, in the user's turn", read: readMadeImage },
  computer_call: HOSTED,
  computer_call_output: HOSTED,
  program: HOSTED,
  program_output: HOSTED,
  configuration_update: { note: 'left out, reported: send the settings themselves' }
} as const satisfies Record<ItemType, ItemRow>

/** A conversation in the core's words. */
export interface DecodedInput {
  readonly system: readonly TextBlock[]
  readonly turns: readonly Turn[]
}

/** More would hold up everybody else while they are read. */
const MOST_ITEMS = 10_000

/**
 * The items of a conversation: those of the past, then the input's own, of which references have become what they refer to. A string is one
 * user message. Without a past there must be an input.
 */
export function itemsOf(input: Json | undefined, path: string, { items, found }: History): readonly PlacedItem[] {
  const own = ownItems(input, path, items.length > 0)
  atMost(own, MOST_ITEMS - items.length, path)
  const placed = own.map((item, index) => ({ item: found.get(referencedId(item) ?? '') ?? item, path: `${path}[${index}]` }))
  return items.length === 0 ? placed : [...items, ...placed]
}

function ownItems(input: Json | undefined, path: string, hasPast: boolean): readonly Json[] {
  if (input === undefined && hasPast) return []
  if (input === undefined) throw missing(path)
  if (typeof input === 'string') return [{ type: 'message', role: 'user', content: input }]
  if (!Array.isArray(input)) throw wrongType(path, 'a string or an array of items', input)
  if (input.length === 0 && !hasPast) throw emptyArray(path)
  return input
}

/** Lists of tools that stand among the items. */
export function toolsAmong(items: readonly PlacedItem[]): readonly ToolList[] {
  return items.flatMap(({ item, path }): readonly ToolList[] => {
    if (!isJsonObject(item) || !(item.type === 'additional_tools' || item.type === 'tool_search_output')) return []
    const tools = optionalArray(item.tools, `${path}.tools`)
    return tools === undefined ? [] : [{ tools, path: `${path}.tools` }]
  })
}

/** Whether the last item asks for a summary in place of an answer. */
export function endsInTrigger(items: readonly PlacedItem[]): boolean {
  const last = items.at(-1)?.item
  return isJsonObject(last) && last.type === 'compaction_trigger'
}

/** Reads the items as turns; instructions come first. Of items of unknown types only the type is told. */
export function decodeInput(items: readonly PlacedItem[], table: ToolTable, report: Report): DecodedInput {
  const reading: InputReading = { turns: new TurnBuilder(), table, report }
  items.forEach(({ item: value, path: at }, index) => {
    const item = objectAt(value, at)
    const type = typeOf(item, at)
    if (type === 'compaction_trigger' && index !== items.length - 1)
      throw badValue(at, `Invalid '${at}': a compaction_trigger must be the last item.`)
    const row: ItemRow | undefined = Object.hasOwn(ITEMS, type) ? ITEMS[type as ItemType] : undefined
    reportUnknown(item, type, at, report)
    if (row?.read !== undefined) row.read(item, at, reading)
    else report(isTellable(type) ? `input.${type}` : at, 'an item of this type means nothing to Bedrock')
  })
  return reading.turns.result(items[0]?.path ?? 'input')
}

/** A message may come without its type, and a reference too. */
function typeOf(item: JsonObject, path: string): string {
  const type = optionalString(item.type, `${path}.type`)
  if (type !== undefined) return type
  if (item.role !== undefined) return 'message'
  if (typeof item.id === 'string' && Object.keys(item).every((name) => name === 'id' || item[name] === null))
    return 'item_reference'
  throw missing(`${path}.type`)
}

const ROLES = ['user', 'assistant', 'system', 'developer'] as const

function readMessage(item: JsonObject, path: string, { turns, report }: InputReading): void {
  const said = stringAt(item.role, `${path}.role`)
  const role = ROLES.find((each) => each === said)
  if (role === undefined) throw wrongChoice(`${path}.role`, ROLES, said)
  if (item.content === undefined || item.content === null) throw missing(`${path}.content`)
  const blocks = partsOf(item.content, `${path}.content`, report)
  if (role === 'assistant') return turns.say(blocks.filter(isNotEmpty), path)
  if (role === 'user') return turns.hear(blocks, path)
  const texts = blocks.map((block) => {
    if (block.type === 'text') return block
    throw badValue(block.path ?? path, `Invalid '${path}.content': only text is supported in this message.`)
  })
  turns.instruct(
    texts.filter(({ text }) => text.trim() !== ''),
    path
  )
}

function isNotEmpty(block: ContentBlock): boolean {
  return block.type !== 'text' || block.text !== '' || block.cache !== undefined
}

/** Parts under names that only this dialect has, as the parts they are. */
const ALIASES: ReadonlyMap<Json, string> = new Map([
  ['summary_text', 'text'],
  ['reasoning_text', 'text'],
  ['computer_screenshot', 'input_image']
])

/** What a caller of this dialect is told of. */
const PART_TYPES = ['input_text', 'input_image', 'input_file', 'input_audio', 'output_text', 'refusal', 'computer_screenshot']

function partsOf(content: Json, path: string, report: Report): ContentBlock[] {
  if (!Array.isArray(content)) return decodeParts(content, path, report, PART_TYPES)
  const parts = content.map((part: Json) => {
    const type = isJsonObject(part) ? ALIASES.get(part.type ?? null) : undefined
    return type === undefined ? part : { ...(part as JsonObject), type }
  })
  return decodeParts(parts, path, report, PART_TYPES)
}

function nameOf(item: JsonObject, path: string): string {
  return stringAt(item.name, `${path}.name`)
}

function readFunctionCall(item: JsonObject, path: string, reading: InputReading): void {
  addCall(item, path, objectOf(item.arguments, `${path}.arguments`, reading), nameOf(item, path), reading)
}

/** Arguments as one object: of several behind each other none can be told apart here, so they go whole. */
function objectOf(value: Json | undefined, path: string, { report }: InputReading): JsonObject {
  const [first = {}, ...more] = decodeArguments(value, path, report)
  if (more.length === 0) return first
  report(path, 'not one JSON object; sent to the model whole, as rawInvalidInput')
  return { rawInvalidInput: value as string }
}

/** Members of an action, by OpenAI's OpenAPI file a few (2026-08). */
const MOST_MEMBERS = 1000

function actionOf(item: JsonObject, path: string): JsonObject {
  const given = objectAt(item.action, `${path}.action`)
  const count = Object.keys(given).length
  if (count > MOST_MEMBERS) throw tooMany(`${path}.action`, MOST_MEMBERS, count)
  const { type: _, env, ...action } = given
  const kept = isJsonObject(env) && !isEmpty(env) ? { ...action, env } : action
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== null))
}

function addCall(item: JsonObject, path: string, input: JsonObject, name: string, { turns, table }: InputReading): void {
  const id = stringAt(item.call_id ?? item.id, `${path}.call_id`)
  const namespace = optionalString(item.namespace, `${path}.namespace`)
  const named = namespace === undefined ? { name } : { name, namespace }
  turns.call(id, knownName(named, table) ?? modelName(named, table), input, path)
}

function readOutput(item: JsonObject, path: string, { turns, report }: InputReading): void {
  const id = stringAt(item.call_id ?? item.id, `${path}.call_id`)
  const { output } = item
  const isFailed = item.type === 'apply_patch_call_output' && item.status === 'failed'
  turns.answer(
    id,
    (callId) => {
      const content = outputOf(output ?? '', `${path}.output`, report)
      return resultBlocks({ id: callId, content, path, ...(isFailed ? { isError: true } : {}) }, `${path}.call_id`, undefined)
    },
    path
  )
}

/** Parts keep their order; what is neither text nor parts is told as JSON. */
function outputOf(output: Json, path: string, report: Report): ContentBlock[] {
  if (typeof output === 'string') return [{ type: 'text', text: output, path }]
  const isParts = Array.isArray(output) && output.every((part) => isJsonObject(part) && typeof part.type === 'string')
  return isParts ? partsOf(output, path, report) : [{ type: 'text', text: JSON.stringify(output), path }]
}

/** What OpenAI has run itself has no id of a call. */
function ranElsewhere(item: JsonObject, { report }: InputReading): boolean {
  const isElsewhere = item.execution === 'server' && (item.call_id ?? null) === null
  if (isElsewhere && item.type === 'tool_search_call') report('input.tool_search_call', 'a search that ran at OpenAI')
  return isElsewhere
}

function readFound(item: JsonObject, path: string, reading: InputReading): void {
  if (ranElsewhere(item, reading)) return
  const { turns } = reading
  const id = stringAt(item.call_id ?? item.id, `${path}.call_id`)
  const found = Array.isArray(item.tools) ? (item.tools as readonly Json[]) : []
  const names = found.flatMap((tool) => (isJsonObject(tool) && typeof tool.name === 'string' ? [tool.name] : []))
  const text = JSON.stringify({ found: names })
  turns.answer(id, (callId) => [{ type: 'tool-result', callId, content: [{ type: 'text', text, path }], path }], path)
}

/** Where all reasoning stands, as far as a caller is told: a long history has a great many of these items. */
const REASONING = 'input.reasoning'

function readReasoning(item: JsonObject, path: string, { turns, report }: InputReading): void {
  const blob = item.encrypted_content
  const thoughts = typeof blob === 'string' ? openThoughts(blob, report.room) : undefined
  if (thoughts !== undefined)
    return turns.say(
      thoughts.map((thought): Block => ({ ...thought, path: REASONING })),
      path
    )
  // What a model without signatures thought is nobody's loss: no model takes it back.
  if (blob !== undefined && blob !== null && blob !== '') report(REASONING, 'reasoning that this gateway did not pack')
}

function readCompaction(item: JsonObject, path: string, { turns, report }: InputReading): void {
  const summary = openSummary(stringAt(item.encrypted_content, `${path}.encrypted_content`), report.room)
  if (summary !== undefined) return turns.hear([{ type: 'text', text: summary, path }], path)
  const sentence = `Invalid '${path}': this compaction was not made by this gateway, so the conversation in it cannot be read.`
  throw new GatewayError('invalid_encrypted_content', sentence, { param: path })
}

/** What a model is asked that shall hand a conversation over to its successor. */
const SUMMARIZE =
  'This conversation is about to be continued without its history. Write the hand-over for whoever continues it: what the user wants and has decided, what was done and found out (with exact names, paths, commands, numbers and errors), the state of the work, and what comes next. Write only the hand-over.'

function readTrigger(_item: JsonObject, path: string, { turns }: InputReading): void {
  turns.hear([{ type: 'text', text: SUMMARIZE, path }], path)
}

function readMcpCall(item: JsonObject, path: string, { turns, report }: InputReading): void {
  if (typeof item.output !== 'string') return report('input.mcp_call', 'a call that ran at OpenAI and has no output')
  const name = typeof item.name === 'string' ? item.name : 'a tool'
  turns.hear([{ type: 'text', text: `tool ${name} returned ${item.output}`, path }], path)
}

function readMadeImage(item: JsonObject, path: string, { turns, report }: InputReading): void {
  if (typeof item.result !== 'string' || item.result === '')
    return report('input.image_generation_call', 'a picture that is not sent along')
  const part = { type: 'input_image', image_url: `data:image/png;base64,${item.result}` }
  turns.hear(partsOf([part], `${path}.result`, report), path)
}
