import type { Json, JsonObject } from '../../core/json.ts'
import { searchText } from '../../core/search-text.ts'
import type { Block, CacheMark, ResultPart, ToolResultBlock } from '../../core/turn.ts'
import { present } from '../openai/present.ts'
import { objectAt, optionalBoolean } from '../openai/read-value.ts'
import { missing } from '../openai/refuse.ts'
import { decodeCacheMark } from './decode-cache.ts'
import { type ContentBlock, decodeParts, partHasType } from './decode-parts.ts'
import { givenId } from './decode-tool-blocks.ts'
import { reportUnknown } from './members.ts'
import { answer, type OpenCalls } from './open-calls.ts'
import type { Report } from './report.ts'

/** What a tool answered, before it is known to which call. */
export interface GivenResult {
  readonly id?: string
  readonly name?: string
  readonly content: readonly ContentBlock[]
  readonly isError?: boolean
  /** A mark on the result itself. */
  readonly cache?: CacheMark
  readonly path: string
}

/** Tells a result among the parts of a message, where Anthropic has it. */
export function isToolResult(part: Json): boolean {
  return partHasType(part, 'tool_result')
}

/** Reads such a result. */
export function decodeToolResult(value: Json, path: string, report: Report): GivenResult {
  const part = objectAt(value, path)
  reportUnknown(part, 'toolResult', path, report)
  return present({
    id: givenId(part.tool_use_id, `${path}.tool_use_id`),
    content: decodeParts(part.content ?? '', `${path}.content`, report),
    isError: optionalBoolean(part.is_error, `${path}.is_error`),
    cache: decodeCacheMark(part, path, report),
    path
  })
}

/** The call that a `tool` message answers, by its id or by the name of its function. */
export function toolMessage(message: JsonObject, path: string): { id?: string; name?: string } {
  const name = message.name ?? message.tool_name
  return present({
    id: givenId(message.tool_call_id, `${path}.tool_call_id`),
    name: typeof name === 'string' ? name : undefined
  })
}

/**
 * The result as a block, behind its copies for the calls that its call turned out to hold; `idPath` is where an id is missing that cannot be
 * found out.
 */
export function resultBlocks(
  { id, name, content, isError, cache, path }: GivenResult,
  idPath: string,
  calls: OpenCalls | undefined
): Block[] {
  const answered = answer({ id, name }, calls)
  if (answered === undefined) throw missing(idPath)
  const [callId, ...copies] = answered
  const result: ToolResultBlock = {
    type: 'tool-result',
    callId,
    content: content.map(unmarked),
    path,
    ...(isError ? { isError } : {})
  }
  // A cache point cannot stand inside a tool result: the last marked part's stands behind it.
  const mark = cache ?? content.findLast((block) => block.cache !== undefined)?.cache
  return [...copies.map((copy) => copyOf(result, copy, calls)), mark === undefined ? result : { ...result, cache: mark }]
}

const SAME = '(The same result as that of the call beside it.)'
/** What stands around a part. Characters. */
const FRAME = 100

function copyOf(result: ToolResultBlock, callId: string, calls: OpenCalls | undefined): ToolResultBlock {
  const size = result.content.reduce((sum, part) => sum + sizeOf(part), FRAME)
  if (calls === undefined || size > calls.copyRoom) return { ...result, callId, content: [{ type: 'text', text: SAME }] }
  calls.copyRoom -= size
  return { ...result, callId }
}

function sizeOf(part: ResultPart): number {
  if (part.type === 'text') return FRAME + part.text.length
  if (part.type === 'search-result') return FRAME + searchText(part).length
  return FRAME + (part.source.type === 'base64' ? part.source.data.length : 0)
}

function unmarked<T extends Block>(block: T): T {
  if (block.cache === undefined) return block
  const { cache: _, ...rest } = block
  return rest as T
}
