import type { Json, JsonObject } from '../../core/json.ts'
import type { ToolChoice } from '../../core/request.ts'
import type { Tool } from '../../core/turn.ts'
import { atMost, objectAt, optionalArray, optionalBoolean, optionalObject, stringAt } from '../openai/read-value.ts'
import { badValue, wrongChoice, wrongType } from '../openai/refuse.ts'
import type { ChatFields } from './fields.ts'
import { reportUnknown } from './members.ts'
import type { Report } from './report.ts'

/** The choice, and the tools that it leaves to choose from. */
export interface DecodedChoice {
  readonly choice: ToolChoice | undefined
  readonly tools: readonly Tool[]
  /** What the choice itself says of calls side by side, as Anthropic's does; absent: nothing. */
  readonly parallel?: boolean
}

/** Reads `tool_choice`, or for `functions` the older `function_call`: a word, or an object of OpenAI's or of Anthropic's. */
export function decodeToolChoice(fields: ChatFields, tools: readonly Tool[], legacy: boolean, report: Report): DecodedChoice {
  const field = legacy ? 'function_call' : 'tool_choice'
  const value = fields.get(field)
  const path = fields.path(field)
  if (value === undefined) return { choice: undefined, tools }
  if (typeof value === 'string') return { choice: wordChoice(value, path, tools), tools }
  if (typeof value !== 'object') throw wrongType(path, 'a string or an object', value)
  const choice = objectAt(value, path)
  reportUnknown(choice, 'choice', path, report)
  if (choice.type === 'allowed_tools') return allowedTools(choice, path, tools, report)
  const single = optionalBoolean(choice.disable_parallel_tool_use, `${path}.disable_parallel_tool_use`)
  const parallel = single === undefined ? {} : { parallel: !single }
  const word = typeof choice.type === 'string' && isWord(choice.type) ? choice.type : undefined
  if (word !== undefined) return { choice: wordChoice(word, `${path}.type`, tools), tools, ...parallel }
  return { choice: namedTool(chosenName(choice, path, report), path, tools), tools, ...parallel }
}

/** The name inside a choice of one tool, in any of the shapes clients use. */
function chosenName(choice: JsonObject, path: string, report: Report): string {
  const member = choice.function === undefined || choice.function === null ? 'custom' : 'function'
  const holder = optionalObject(choice[member], `${path}.${member}`)
  if (holder !== undefined) reportUnknown(holder, 'chosen', `${path}.${member}`, report)
  const at = holder !== undefined || choice.type !== 'tool' ? `${path}.function.name` : `${path}.name`
  return stringAt((holder ?? choice).name, at)
}

const WORDS = ['none', 'auto', 'required'] as const

function isWord(value: string): boolean {
  return value === 'any' || WORDS.some((word) => word === value)
}

function wordChoice(value: string, path: string, tools: readonly Tool[]): ToolChoice {
  // Mistral's and Anthropic's clients say `any`.
  const word = WORDS.find((each) => each === (value === 'any' ? 'required' : value))
  if (word === undefined) throw wrongChoice(path, WORDS, value)
  if (word === 'required' && tools.length === 0)
    throw badValue(path, `Invalid '${path}': a call is required, but there are no tools.`)
  return { type: word }
}

function namedTool(name: string, path: string, tools: readonly Tool[]): ToolChoice {
  if (tools.some((tool) => tool.name === name)) return { type: 'tool', name }
  throw badValue(path, `Invalid value for '${path}': the named tool is not among the request's tools.`)
}

const MOST_ALLOWED = 1000

function allowedTools(choice: JsonObject, path: string, tools: readonly Tool[], report: Report): DecodedChoice {
  const holder = objectAt(choice.allowed_tools ?? choice, `${path}.allowed_tools`)
  if (holder !== choice) reportUnknown(holder, 'allowed', `${path}.allowed_tools`, report)
  const mode = stringAt(holder.mode ?? 'auto', `${path}.allowed_tools.mode`)
  if (mode !== 'auto' && mode !== 'required') throw wrongChoice(`${path}.allowed_tools.mode`, ['auto', 'required'], mode)
  const list = optionalArray(holder.tools, `${path}.allowed_tools.tools`) ?? []
  const names = new Set(
    atMost(list, MOST_ALLOWED, `${path}.allowed_tools.tools`).map((each, index) =>
      allowedName(each, `${path}.allowed_tools.tools[${index}]`, tools, report)
    )
  )
  const left = tools.filter((tool) => names.has(tool.name))
  if (left.length === 0) throw badValue(path, `Invalid '${path}': at least one tool must be allowed.`)
  return { choice: { type: mode }, tools: left }
}

function allowedName(value: Json, path: string, tools: readonly Tool[], report: Report): string {
  const name = chosenName(objectAt(value, path), path, report)
  namedTool(name, path, tools)
  return name
}
