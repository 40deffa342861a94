import type { JsonObject } from '../../core/json.ts'
import { eachUnknown, UNKNOWN_MEMBER } from '../openai/unknown-members.ts'
import type { Report } from '../openai-chat/report.ts'

/** What nobody misses, wherever it stands: items of answers hold it, and clients send them back as they came. */
const HARMLESS = ['type', 'id', 'status', 'cache_control', 'prompt_cache_breakpoint'] as const

/** What an item may hold besides: by whom it was called or written, which answers alone tell. */
const ITEM = ['call_id', 'name', 'namespace', 'caller', 'created_by', 'agent'] as const

/**
 * The members that are read, or that ask for nothing, of each kind of object inside a request (OpenAI's OpenAPI file, 2026-08, and what
 * Codex CLI 0.171 sends). Parts of messages are those of Chat Completions.
 */
const MEMBERS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['message', members(...ITEM, 'role', 'content', 'phase', 'end_turn')],
  ['function_call', members(...ITEM, 'arguments', 'parsed_arguments')],
  ['function_call_output', members(...ITEM, 'output')],
  ['custom_tool_call', members(...ITEM, 'input')],
  ['custom_tool_call_output', members(...ITEM, 'output')],
  ['function', members('name', 'description', 'parameters', 'strict', 'defer_loading')],
  ['custom', members('name', 'description', 'format', 'defer_loading')],
  ['choice', members('name', 'namespace', 'mode', 'tools')],
  ['text', members('format', 'verbosity')],
  ['format', members('name', 'description', 'schema', 'strict')],
  ['effort', members('effort', 'summary', 'generate_summary', 'context', 'mode')],
  ['reasoning', members(...ITEM, 'summary', 'content', 'encrypted_content')]
])

function members(...names: readonly string[]): ReadonlySet<string> {
  return new Set([...HARMLESS, ...names])
}

/** Reports the members of an object that its kind does not have, by their paths; a kind of which nothing is told says nothing. */
export function reportUnknown(holder: JsonObject, kind: string, path: string, report: Report): void {
  const known = MEMBERS.get(kind)
  if (known !== undefined) eachUnknown(holder, known, (name) => report(`${path}.${name}`, UNKNOWN_MEMBER))
}
