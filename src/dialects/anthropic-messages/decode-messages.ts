import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { leaveOut } from '../../core/leave-out.ts'
import type { Block, TextBlock, Turn } from '../../core/turn.ts'
import { decodeContent, reportUnmarked } from './decode-blocks.ts'
import { decodeCacheMark } from './decode-cache.ts'
import { reportUnknown } from './members.ts'
import { objectAt, optionalArray, stringAt } from './read-value.ts'
import { badValue, missing, wrongTag, wrongType } from './refuse.ts'
import type { Report } from './report.ts'

/** More would hold up everybody else while they are read. */
const MOST_MESSAGES = 5000
const MOST_SYSTEM = 1000
const ROLES = ['user', 'assistant', 'system'] as const

/** Reads the turns in order. A system's turn stays in its place, as the user's: moved to the front it would change what is cached. */
export function decodeMessages(value: Json | undefined, report: Report): readonly Turn[] {
  const messages = optionalArray(value, 'messages', MOST_MESSAGES)
  if (messages === undefined) throw missing('messages')
  const turns = messages.flatMap((each, index) => decodeMessage(objectAt(each, `messages.${index}`), `messages.${index}`, report))
  if (turns.length === 0) throw badValue('messages', 'at least one message is required')
  return turns
}

function decodeMessage(message: JsonObject, path: string, report: Report): readonly Turn[] {
  const said = stringAt(message.role, `${path}.role`)
  const role = ROLES.find((each) => each === said)
  if (role === undefined) throw wrongTag(`${path}.role`, ROLES, said)
  if (message.content === undefined || message.content === null) throw missing(`${path}.content`)
  reportUnknown(message, 'message', path, report)
  if (isJsonObject(message.output_config)) report(`${path}.output_config`, 'the wish counts for the whole request only')
  const content = decodeContent(message.content, `${path}.content`, report)
  if (role === 'system') {
    const said = content.flatMap((block) => (block.type === 'text' ? [{ ...block, isSystem: true as const }] : []))
    const texts = leaveOut(
      said,
      ({ text }) => text.trim() === '',
      (mark) => reportUnmarked(mark, report)
    )
    return texts.length === 0 ? [] : [{ role: 'user', content: texts, path }]
  }
  // An assistant's turn of which nothing is left, as unsigned reasoning alone, is none.
  return role === 'assistant' && content.length === 0 ? [] : [{ role, content, path }]
}

/** A line by which Claude Code accounts for its requests with Anthropic; it is no instruction, and changes with every version. */
const BILLING = 'x-anthropic-billing-header'

/** A system text without such lines; the rest of it is no less an instruction. */
function withoutBilling(text: string, path: string, report: Report): string {
  if (!text.includes(BILLING)) return text
  const lines = text.split('\n')
  const kept = lines.filter((line) => !line.startsWith(BILLING))
  if (kept.length < lines.length) report(path, 'a line of it accounts for the request with Anthropic and is no instruction')
  return kept.join('\n')
}

/** Reads the system prompt, a string or text blocks. */
export function decodeSystem(value: Json | undefined, report: Report): readonly TextBlock[] {
  if (value === undefined || value === null) return []
  if (typeof value === 'string') {
    const text = withoutBilling(value, 'system', report)
    return text.trim() === '' ? [] : [{ type: 'text', text, path: 'system' }]
  }
  if (!Array.isArray(value)) throw wrongType('system', 'a valid string or list')
  return optionalArray(value, 'system', MOST_SYSTEM)!.flatMap((part, index): readonly TextBlock[] => {
    const path = `system.${index}`
    const block = objectAt(part, path)
    const type = stringAt(block.type ?? 'text', `${path}.type`)
    if (type !== 'text') throw wrongTag(`${path}.type`, ['text'], type)
    const text = withoutBilling(stringAt(block.text, `${path}.text`), path, report)
    reportUnknown(block, 'text', path, report)
    const cache = decodeCacheMark(block, path, report)
    // A blank text with a mark stays: its mark moves to the text before it.
    if (text === '' && cache === undefined) return []
    return [{ type: 'text', text, path, ...(cache === undefined ? {} : { cache }) }]
  })
}

/** Names of the tools that the conversation has a reference to, or has called. */
export function referredTools(messages: Json | undefined, turns: readonly Turn[]): ReadonlySet<string> {
  const names = new Set<string>()
  for (const { content } of turns)
    for (const block of content as readonly Block[]) if (block.type === 'tool-call') names.add(block.name)
  addReferences(messages, names, 0)
  return names
}

/** A reference lies in a result, or in the result of a search within one. */
const DEEPEST = 8

function addReferences(value: Json | undefined, names: Set<string>, depth: number): void {
  if (depth > DEEPEST) return
  if (Array.isArray(value)) for (const item of value as readonly Json[]) addReferences(item, names, depth + 1)
  if (!isJsonObject(value)) return
  if (value.type === 'tool_reference' && typeof value.tool_name === 'string') names.add(value.tool_name)
  addReferences(value.content, names, depth + 1)
  addReferences(value.tool_references, names, depth + 1)
}
