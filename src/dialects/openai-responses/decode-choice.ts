import type { Json, JsonObject } from '../../core/json.ts'
import type { ToolChoice } from '../../core/request.ts'
import type { FunctionTool } from '../../core/turn.ts'
import { GatewayError } from '../../errors.ts'
import { atMost, objectAt, optionalArray, optionalString, stringAt } from '../openai/read-value.ts'
import { badValue, wrongChoice, wrongType } from '../openai/refuse.ts'
import type { Report } from '../openai-chat/report.ts'
import type { DecodedTools } from './decode-tools.ts'
import { reportUnknown } from './members.ts'
import { knownName } from './tool-table.ts'

/** The choice, and the tools that it leaves to choose from. */
export interface DecodedChoice {
  readonly choice: ToolChoice | undefined
  readonly tools: readonly FunctionTool[]
  /** What is told of the search of the web, where it may be used. */
  readonly webSearch: string | undefined
}

const WORDS = ['none', 'auto', 'required'] as const

/** Types of a choice that is one tool; the type of the others is their name. */
const NAMED: readonly Json[] = ['function', 'custom']

/** Reads `tool_choice`: a word, one tool, or those that are allowed. */
export function decodeToolChoice(value: Json | undefined, path: string, decoded: DecodedTools, report: Report): DecodedChoice {
  const { tools, webSearch } = decoded
  if (value === undefined) return { choice: undefined, tools, webSearch }
  if (typeof value === 'string') return { choice: wordChoice(value, path, decoded), tools, webSearch }
  if (typeof value !== 'object') throw wrongType(path, 'a string or an object', value)
  const choice = objectAt(value, path)
  reportUnknown(choice, 'choice', path, report)
  if (choice.type === 'allowed_tools') return allowedTools(choice, path, decoded)
  const name = nameOf(choice, path, decoded)
  if (name === undefined) throw unknownTool(choice, path, decoded)
  return { choice: { type: 'tool', name }, tools, webSearch }
}

function wordChoice(value: string, path: string, { tools }: DecodedTools): ToolChoice {
  const word = WORDS.find((each) => each === value)
  if (word === undefined) throw wrongChoice(path, WORDS, value)
  if (word === 'required' && tools.length === 0)
    throw badValue(path, `Invalid '${path}': a call is required, but there are no tools.`)
  return { type: word }
}

/** The name that the model knows the chosen tool by; undefined: there is none. */
function nameOf(choice: JsonObject, path: string, { table, tools }: DecodedTools): string | undefined {
  const type = stringAt(choice.type, `${path}.type`)
  const name = NAMED.includes(type) ? stringAt(choice.name, `${path}.name`) : type
  const namespace = optionalString(choice.namespace, `${path}.namespace`)
  const called = knownName(namespace === undefined ? { name } : { name, namespace }, table)
  return tools.some((tool) => tool.name === called) ? called : undefined
}

function unknownTool(choice: JsonObject, path: string, { hosted }: DecodedTools): GatewayError {
  if (hosted.has(String(choice.type)) || !NAMED.includes(choice.type ?? null)) {
    const sentence = `Unsupported value: '${path}' names a tool that does not run here.`
    return new GatewayError('unsupported_value', sentence, { param: path })
  }
  return badValue(path, `Invalid value for '${path}': the named tool is not among the request's tools.`)
}

const MOST_ALLOWED = 1000

/** A hard constraint: the other tools are not sent at all. Allowed tools that do not run here are already reported. */
function allowedTools(choice: JsonObject, path: string, decoded: DecodedTools): DecodedChoice {
  const mode = stringAt(choice.mode ?? 'auto', `${path}.mode`)
  if (mode !== 'auto' && mode !== 'required') throw wrongChoice(`${path}.mode`, ['auto', 'required'], mode)
  const list = atMost(optionalArray(choice.tools, `${path}.tools`) ?? [], MOST_ALLOWED, `${path}.tools`)
  const names = new Set<string>()
  const types = new Set<string>()
  const { hosted } = decoded
  list.forEach((each, index) => {
    const at = `${path}.tools[${index}]`
    const allowed = objectAt(each, at)
    const name = nameOf(allowed, at, decoded)
    if (name !== undefined) names.add(name)
    else if (hosted.has(String(allowed.type))) types.add(`tools.${String(allowed.type)}`)
    else if (NAMED.includes(allowed.type ?? null)) throw unknownTool(allowed, at, decoded)
  })
  const tools = decoded.tools.filter((tool) => names.has(tool.name))
  if (tools.length === 0 && mode === 'required') throw badValue(path, `Invalid '${path}': at least one tool must be allowed.`)
  const { webSearch } = decoded
  return { choice: { type: mode }, tools, webSearch: types.has(webSearch ?? '') ? webSearch : undefined }
}
