import type { Json, JsonObject } from '../../core/json.ts'
import { leaveOut } from '../../core/leave-out.ts'
import type { Block, CacheMark, TextBlock, ToolResultBlock, Turn } from '../../core/turn.ts'
import { atMost, objectAt, optionalBoolean, stringAt } from '../openai/read-value.ts'
import { badValue, emptyArray, missing, wrongChoice } from '../openai/refuse.ts'
import { decodeAssistant, hasReasoningApart } from './decode-assistant.ts'
import { decodeCacheMark } from './decode-cache.ts'
import { decodeParts, decodeTextParts } from './decode-parts.ts'
import type { Report } from './report.ts'

export interface Conversation {
  readonly system: readonly TextBlock[]
  readonly turns: readonly Turn[]
}

interface Progress {
  readonly system: TextBlock[]
  readonly turns: Turn[]
  /** System messages that came between a tool call and its results; they move behind the results. */
  readonly held: Turn[]
  /** Absent until the first tool call: most conversations have none. */
  calls: Calls | undefined
  /** A speaker has a name. */
  isNamed: boolean
  readonly report: Report
}

interface Calls {
  /** Ids of the last assistant message's calls that have no result yet. */
  readonly open: Set<string>
  /** Ids made for legacy function calls, by function name. */
  readonly functionIds: Map<string, string>
  /** For each id, and each call of that id in turn, the ids of the further calls that it turned out to hold: its result answers them all. */
  readonly copies: Map<string, string[][]>
}

/** More would hold up everybody else while they are read. */
const MOST_MESSAGES = 5000

const ROLES = ['system', 'assistant', 'user', 'function', 'tool', 'developer'] as const

/**
 * Reads the messages: leading system messages apart, the others as turns in order. Turns are not yet merged.
 * Where nobody but the system says anything, its words are the user's turn: OpenAI answers such a request, and Bedrock wants a user.
 */
export function decodeMessages(messages: readonly Json[], path: string, report: Report): Conversation {
  if (messages.length === 0) throw emptyArray(path)
  const progress: Progress = {
    system: [],
    turns: [],
    held: [],
    calls: undefined,
    isNamed: false,
    report
  }
  atMost(messages, MOST_MESSAGES, path).forEach((message, index) => {
    const at = `${path}[${index}]`
    addMessage(objectAt(message, at), at, progress)
  })
  release(progress)
  if (progress.isNamed) report(`${path}.name`, 'Bedrock has no names of speakers')
  if (progress.turns.length === 0) return { system: [], turns: [{ role: 'user', content: progress.system, path: `${path}[0]` }] }
  return { system: progress.system, turns: progress.turns }
}

function addMessage(message: JsonObject, path: string, progress: Progress): void {
  const said = stringAt(message.role, `${path}.role`)
  const role = ROLES.find((each) => each === said)
  if (role !== 'tool' && role !== 'function' && typeof message.name === 'string' && message.name !== '') progress.isNamed = true
  switch (role) {
    case 'system':
    case 'developer':
      return addSystem(message, path, progress)
    case 'user':
      return addUser(message, path, progress)
    case 'assistant':
      return addAssistant(message, path, progress)
    case 'tool':
      return addResult(message, path, stringAt(message.tool_call_id, `${path}.tool_call_id`), progress)
    case 'function':
      return addResult(message, path, functionId(message, path, progress), progress)
    case undefined:
      throw wrongChoice(`${path}.role`, ROLES, said)
  }
}

/**
 * A system message after the conversation has begun stays where it is, as user text: lifted to the top it would change
 * the prefix that a model has cached. NextChat puts its summary instruction last.
 */
function addSystem(message: JsonObject, path: string, progress: Progress): void {
  const said = markLast(
    decodeTextParts(message.content ?? '', `${path}.content`, progress.report),
    message,
    path,
    progress.report
  )
  const orphaned = (mark: CacheMark) => markSystem(progress, mark)
  const marked = leaveOut(said, ({ text }) => text.trim() === '', orphaned)
  if (marked.length === 0) return
  if (progress.turns.length === 0) {
    for (const block of marked) progress.system.push(block)
    return
  }
  const isOpen = progress.calls !== undefined && progress.calls.open.size > 0
  if (!isOpen) release(progress)
  const place = isOpen ? progress.held : progress.turns
  place.push({ role: 'user', content: marked, path })
}

/** A mark on a blank system text ends up on the system text before it. */
function markSystem({ system, turns, report }: Progress, mark: CacheMark): void {
  const last = turns.length === 0 ? system.at(-1) : undefined
  if (last === undefined) report('cache_control', 'a blank text has none before it that could be marked')
  else if (last.cache === undefined) system[system.length - 1] = { ...last, cache: mark }
}

function addUser(message: JsonObject, path: string, progress: Progress): void {
  if (message.content === undefined || message.content === null) throw missing(`${path}.content`)
  const blocks = decodeParts(message.content, `${path}.content`, progress.report)
  if (blocks.length === 0)
    throw badValue(`${path}.content`, `Invalid '${path}.content': expected an array with at least one part.`)
  release(progress)
  progress.turns.push({ role: 'user', content: markLast(blocks, message, path, progress.report), path })
}

function addAssistant(message: JsonObject, path: string, progress: Progress): void {
  release(progress)
  const callId = `call_function_${progress.turns.length}`
  const blocks = decodeAssistant(message, path, callId, progress.report)
  // NextChat keeps an empty answer as an assistant message without content; it says nothing, so it is no turn.
  if (blocks.length === 0) return
  progress.calls?.copies.clear()
  noteCalls(blocks, callId, progress)
  const content = markLast(blocks, message, path, progress.report)
  progress.turns.push({
    role: 'assistant',
    content,
    path,
    ...(hasReasoningApart(message, blocks) ? { reasoningApart: true } : {})
  })
}

/** The further calls that one call of the client's turned out to hold stand behind it, with its path. */
function noteCalls(blocks: readonly Block[], callId: string, progress: Progress): void {
  let path: string | undefined
  let further: string[] = []
  for (const block of blocks) {
    if (block.type !== 'tool-call') continue
    progress.calls ??= { open: new Set(), functionIds: new Map(), copies: new Map() }
    const { open, functionIds, copies } = progress.calls
    open.add(block.id)
    if (block.id === callId) functionIds.set(block.name, callId)
    if (path !== undefined && path === block.path) {
      further.push(block.id)
      continue
    }
    path = block.path
    further = []
    const known = copies.get(block.id)
    if (known === undefined) copies.set(block.id, [further])
    else known.push(further)
  }
}

function addResult(message: JsonObject, path: string, callId: string, progress: Progress): void {
  const content = decodeParts(message.content ?? '', `${path}.content`, progress.report)
  const isError = optionalBoolean(message.is_error, `${path}.is_error`)
  const result: ToolResultBlock = {
    type: 'tool-result',
    callId,
    content: content.map(unmarked),
    path,
    ...(isError ? { isError } : {})
  }
  // A cache point cannot stand inside a tool result: the last marked part's stands behind it.
  const cache = content.findLast((block) => block.cache !== undefined)?.cache
  const marked = cache === undefined ? result : { ...result, cache }
  const { calls } = progress
  const copies = (calls?.copies.get(callId)?.shift() ?? []).map((id) => ({ ...result, callId: id }))
  for (const answered of [result, ...copies]) calls?.open.delete(answered.callId)
  progress.turns.push({ role: 'user', content: markLast([...copies, marked], message, path, progress.report), path })
}

function unmarked<T extends Block>(block: T): T {
  if (block.cache === undefined) return block
  const { cache: _, ...rest } = block
  return rest as T
}

/** Legacy results name their function, not a call: they answer its latest call. */
function functionId(message: JsonObject, path: string, { calls }: Progress): string {
  const name = stringAt(message.name, `${path}.name`)
  return calls?.functionIds.get(name) ?? `call_function_${name}`
}

function release(progress: Progress): void {
  progress.turns.push(...progress.held.splice(0))
  progress.calls?.open.clear()
}

/** `cache_control` on a whole message marks its last block: Open WebUI's forks set it there. */
function markLast<T extends Block>(blocks: readonly T[], message: JsonObject, path: string, report: Report): readonly T[] {
  const cache = decodeCacheMark(message, path, report)
  const last = blocks.at(-1)
  return cache === undefined || last === undefined ? blocks : [...blocks.slice(0, -1), { ...last, cache }]
}
