import type { Json, JsonObject } from '../../core/json.ts'
import { leaveOut } from '../../core/leave-out.ts'
import type { Block, CacheMark, TextBlock, Turn } from '../../core/turn.ts'
import { atMost, objectAt, optionalBoolean, stringAt } from '../openai/read-value.ts'
import { badValue, emptyArray, missing, wrongChoice } from '../openai/refuse.ts'
import { decodeAssistant, hasReasoningApart } from './decode-assistant.ts'
import { decodeCacheMark } from './decode-cache.ts'
import { decodePart, decodeParts, decodeTextParts, MOST_PARTS } from './decode-parts.ts'
import { decodeToolResult, type GivenResult, isToolResult, resultBlocks, toolMessage } from './decode-results.ts'
import { reportUnknown } from './members.ts'
import { createOpenCalls, noteCalls, type OpenCalls } from './open-calls.ts'
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
  calls: OpenCalls | undefined
  /** A speaker has a name. */
  isNamed: boolean
  readonly report: Report
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
    case 'function':
      return addAnswer(message, path, role, progress)
    case undefined:
      throw wrongChoice(`${path}.role`, ROLES, said)
  }
}

/**
 * A system message after the conversation has begun stays where it is, as user text: lifted to the top it would change
 * the prefix that a model has cached. NextChat puts its summary instruction last.
 */
function addSystem(message: JsonObject, path: string, progress: Progress): void {
  reportUnknown(message, 'system', path, progress.report)
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
  const isOpen = progress.calls !== undefined && !progress.calls.open.isEmpty
  if (!isOpen) release(progress)
  const place = isOpen ? progress.held : progress.turns
  place.push({ role: 'user', content: marked, path })
}

/** A mark on a blank system text ends up on the system text before it. */
function markSystem({ system, turns, report }: Progress, mark: CacheMark): void {
  const last = turns.length === 0 ? system.at(-1) : undefined
  if (last === undefined) report(mark.path ?? 'cache_control', 'a blank text has none before it that could be marked')
  else if (last.cache === undefined) system[system.length - 1] = { ...last, cache: mark }
}

function addUser(message: JsonObject, path: string, progress: Progress): void {
  const { content } = message
  if (content === undefined || content === null) throw missing(`${path}.content`)
  reportUnknown(message, 'user', path, progress.report)
  if (Array.isArray(content) && content.some(isToolResult)) return addMixed(message, content, path, progress)
  const blocks = decodeParts(content, `${path}.content`, progress.report)
  if (blocks.length === 0)
    throw badValue(`${path}.content`, `Invalid '${path}.content': expected an array with at least one part.`)
  release(progress)
  progress.turns.push({ role: 'user', content: markLast(blocks, message, path, progress.report), path })
}

/** Results among the parts, as Anthropic has them: they answer the calls before, and the other parts are what the user says beside. */
function addMixed(message: JsonObject, content: readonly Json[], path: string, progress: Progress): void {
  const results: Block[] = []
  const others: Block[] = []
  atMost(content, MOST_PARTS, `${path}.content`).forEach((part, index) => {
    const at = `${path}.content[${index}]`
    if (!isToolResult(part)) others.push(decodePart(part, at, progress.report))
    else results.push(...resultBlocks(decodeToolResult(part, at, progress.report), `${at}.tool_use_id`, progress.calls))
  })
  const said = others.length === 0 ? results : others
  const marked = markLast(said, message, path, progress.report)
  progress.turns.push({ role: 'user', content: others.length === 0 ? marked : results, path })
  if (others.length === 0) return
  release(progress)
  progress.turns.push({ role: 'user', content: marked, path })
}

function addAssistant(message: JsonObject, path: string, progress: Progress): void {
  release(progress)
  const callId = `call_function_${progress.turns.length}`
  const blocks = decodeAssistant(message, path, callId, progress.report)
  // NextChat keeps an empty answer as an assistant message without content; it says nothing, so it is no turn.
  if (blocks.length === 0) return
  progress.calls?.copies.clear()
  if (blocks.some(({ type }) => type === 'tool-call')) {
    progress.calls ??= createOpenCalls()
    noteCalls(blocks, callId, progress.calls)
  }
  const content = markLast(blocks, message, path, progress.report)
  progress.turns.push({
    role: 'assistant',
    content,
    path,
    ...(hasReasoningApart(message, blocks) ? { reasoningApart: true } : {})
  })
}

/** A message that is the result of a call; its parts may be Anthropic's results themselves. */
function addAnswer(message: JsonObject, path: string, role: 'tool' | 'function', progress: Progress): void {
  const { report } = progress
  reportUnknown(message, 'tool', path, report)
  if (Array.isArray(message.content) && message.content.some(isToolResult)) {
    return addMixed(message, message.content, path, progress)
  }
  const named = role === 'tool' ? toolMessage(message, path) : { id: functionId(message, path, progress) }
  const isError = optionalBoolean(message.is_error, `${path}.is_error`)
  const content = decodeParts(message.content ?? '', `${path}.content`, report)
  const given: GivenResult = { ...named, content, path, ...(isError === undefined ? {} : { isError }) }
  const blocks = resultBlocks(given, `${path}.tool_call_id`, progress.calls)
  progress.turns.push({ role: 'user', content: markLast(blocks, message, path, report), path })
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
