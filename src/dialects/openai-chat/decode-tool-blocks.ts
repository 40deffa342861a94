import type { Json, JsonObject } from '../../core/json.ts'
import { stableHash } from '../../core/stable-hash.ts'
import type { ToolCallBlock } from '../../core/turn.ts'
import { CUSTOM_TOOL_FIELD } from '../openai/custom-tool.ts'
import { objectAt, optionalString, stringAt } from '../openai/read-value.ts'
import { decodeArguments } from './decode-arguments.ts'
import { decodeCacheMark } from './decode-cache.ts'
import { partHasType } from './decode-parts.ts'
import { reportUnknown } from './members.ts'
import type { Report } from './report.ts'

/** Reads one of an assistant's `tool_calls`; `madeId` is its id where the caller gives none. */
export function decodeCall(value: Json, path: string, madeId: string, report: Report): ToolCallBlock[] {
  const call = objectAt(value, path)
  const id = givenId(call.id, `${path}.id`) ?? madeId
  if (call.type === 'custom' && call.custom !== undefined) return [customCall(call, path, id, report)]
  const isFlat = (call.function === undefined || call.function === null) && typeof call.name === 'string'
  reportUnknown(call, isFlat ? 'flatCall' : 'call', path, report)
  if (isFlat) return functionCalls(call, id, path, report)
  const called = objectAt(call.function, `${path}.function`)
  reportUnknown(called, 'calledFunction', `${path}.function`, report)
  return functionCalls(called, id, `${path}.function`, report)
}

function customCall(call: JsonObject, path: string, id: string, report: Report): ToolCallBlock {
  const custom = objectAt(call.custom, `${path}.custom`)
  reportUnknown(call, 'call', path, report)
  reportUnknown(custom, 'calledCustom', `${path}.custom`, report)
  const input = { [CUSTOM_TOOL_FIELD]: stringAt(custom.input, `${path}.custom.input`) }
  return { type: 'tool-call', id, name: stringAt(custom.name, `${path}.custom.name`), input, path }
}

/** Reads a called function. One call; several where a client has joined the arguments of parallel calls, all with the path of the one. */
export function functionCalls(call: JsonObject, id: string, path: string, report: Report): ToolCallBlock[] {
  return callsOf(stringAt(call.name, `${path}.name`), decodeArguments(call.arguments, `${path}.arguments`, report), id, path)
}

/** Of longer ids those of further calls hold a hash: thousands of them would be made of a megabyte each. Characters. */
const LONGEST_STEM = 256

function callsOf(name: string, inputs: readonly JsonObject[], id: string, path: string): ToolCallBlock[] {
  const stem = id.length <= LONGEST_STEM ? id : stableHash(id).toString(36)
  return inputs.map((input, index) => ({
    type: 'tool-call',
    id: index === 0 ? id : `${stem}_${index}`,
    name,
    input,
    path
  }))
}

/** Tells a call among the parts of an assistant's content, where Anthropic has it. */
export function isToolUse(part: Json): boolean {
  return partHasType(part, 'tool_use')
}

/** Reads such a call. */
export function decodeToolUse(value: Json, path: string, madeId: string, report: Report): ToolCallBlock[] {
  const part = objectAt(value, path)
  reportUnknown(part, 'toolUse', path, report)
  const id = givenId(part.id, `${path}.id`) ?? madeId
  const calls = callsOf(stringAt(part.name, `${path}.name`), decodeArguments(part.input, `${path}.input`, report), id, path)
  const cache = decodeCacheMark(part, path, report)
  return cache === undefined ? calls : calls.map((call, index) => (index === calls.length - 1 ? { ...call, cache } : call))
}

/** An id that may be absent; an empty one is none. */
export function givenId(value: Json | undefined, path: string): string | undefined {
  const said = optionalString(value, path)
  return said === '' ? undefined : said
}
