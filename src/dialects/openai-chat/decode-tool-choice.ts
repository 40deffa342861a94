import type { Json, JsonObject } from '../../core/json.ts'
import type { ToolChoice } from '../../core/request.ts'
import type { Tool } from '../../core/turn.ts'
import { atMost, objectAt, optionalArray, stringAt } from '../openai/read-value.ts'
import { badValue, wrongChoice, wrongType } from '../openai/refuse.ts'
import { chosenName } from './decode-tools.ts'
import type { ChatFields } from './fields.ts'

/** The choice, and the tools that it leaves to choose from. */
export interface DecodedChoice {
  readonly choice: ToolChoice | undefined
  readonly tools: readonly Tool[]
}

/** Reads `tool_choice`, or for `functions` the older `function_call`. */
export function decodeToolChoice(fields: ChatFields, tools: readonly Tool[], legacy: boolean): DecodedChoice {
  const field = legacy ? 'function_call' : 'tool_choice'
  const value = fields.get(field)
  const path = fields.path(field)
  if (value === undefined) return { choice: undefined, tools }
  if (typeof value === 'string') return { choice: wordChoice(value, path, tools), tools }
  if (typeof value !== 'object') throw wrongType(path, 'a string or an object', value)
  const choice = objectAt(value, path)
  if (choice.type === 'allowed_tools') return allowedTools(choice, path, tools)
  return { choice: namedTool(chosenName(choice, path), path, tools), tools }
}

const WORDS = ['none', 'auto', 'required'] as const

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

function allowedTools(choice: JsonObject, path: string, tools: readonly Tool[]): DecodedChoice {
  const holder = objectAt(choice.allowed_tools ?? choice, `${path}.allowed_tools`)
  const mode = stringAt(holder.mode ?? 'auto', `${path}.allowed_tools.mode`)
  if (mode !== 'auto' && mode !== 'required') throw wrongChoice(`${path}.allowed_tools.mode`, ['auto', 'required'], mode)
  const list = optionalArray(holder.tools, `${path}.allowed_tools.tools`) ?? []
  const names = new Set(
    atMost(list, MOST_ALLOWED, `${path}.allowed_tools.tools`).map((each, index) =>
      allowedName(each, `${path}.allowed_tools.tools[${index}]`, tools)
    )
  )
  const left = tools.filter((tool) => names.has(tool.name))
  if (left.length === 0) throw badValue(path, `Invalid '${path}': at least one tool must be allowed.`)
  return { choice: { type: mode }, tools: left }
}

function allowedName(value: Json, path: string, tools: readonly Tool[]): string {
  const name = chosenName(objectAt(value, path), path)
  namedTool(name, path, tools)
  return name
}
