import type { JsonObject } from '../../core/json.ts'
import { eachUnknown, UNKNOWN_MEMBER } from '../openai/unknown-members.ts'
import type { Report } from './report.ts'

/** What nobody misses, wherever it stands: answers hold it, and clients send it back as it came. */
const HARMLESS = ['type', 'id', 'index', 'cache_control'] as const

/**
 * The members that are read, or that ask for nothing, of each kind of object inside a request (types of @anthropic-ai/sdk 1.14.0). Blocks
 * that are left out, or sent as their words, are reported whole and stand not here.
 */
const MEMBERS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  // A client may send an answer back whole, as the message that it is.
  [
    'message',
    members(
      ...['role', 'content', 'output_config', 'model', 'usage', 'container'],
      ...['stop_reason', 'stop_sequence', 'stop_details', 'context_management', 'diagnostics']
    )
  ],
  ['text', members('text', 'citations')],
  ['image', members('source')],
  ['document', members('source', 'title', 'context', 'citations')],
  ['wished_citations', members('enabled')],
  ['mark', members('ttl', 'scope')],
  ['source', members('media_type', 'data', 'url', 'content', 'file_id')],
  ['search_result', members('source', 'title', 'content', 'citations')],
  ['thinking', members('thinking', 'signature')],
  ['redacted_thinking', members('data')],
  // Who called is told in answers only.
  ['tool_use', members('name', 'input', 'caller')],
  ['tool_result', members('tool_use_id', 'content', 'is_error')],
  ['tool_reference', members('tool_name')],
  [
    'tool',
    members(
      ...['name', 'description', 'input_schema', 'custom', 'strict'],
      ...['defer_loading', 'allowed_callers', 'input_examples', 'eager_input_streaming']
    )
  ],
  ['tool_choice', members('name', 'disable_parallel_tool_use')],
  ['wish', members('budget_tokens', 'display')],
  ['format', members('schema', 'name')]
])

function members(...names: readonly string[]): ReadonlySet<string> {
  return new Set([...HARMLESS, ...names])
}

/** Reports the members of an object that its kind does not have, by their paths; a kind of which nothing is told says nothing. */
export function reportUnknown(holder: JsonObject, kind: string, path: string, report: Report): void {
  const known = MEMBERS.get(kind)
  if (known !== undefined) eachUnknown(holder, known, (name) => report(`${path}.${name}`, UNKNOWN_MEMBER))
}
