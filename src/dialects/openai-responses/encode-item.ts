import { parseExact } from '../../core/exact-json.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { Citation } from '../../core/turn.ts'
import { unreachable } from '../../core/unreachable.ts'
import type { Head } from '../dialect.ts'
import { unwrapCustomInput } from '../openai/custom-tool.ts'
import { sealSummary } from './sealed.ts'
import type { ToolIdentity, ToolKind } from './tool-table.ts'

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete'

/** What ids of items begin with. */
const PREFIXES = {
  message: 'msg',
  reasoning: 'rs',
  compaction: 'cmp',
  function: 'fc',
  custom: 'ctc',
  tool_search: 'tsc',
  local_shell: 'lsh',
  shell: 'sh',
  apply_patch: 'ap'
} as const satisfies Record<ToolKind | 'message' | 'reasoning' | 'compaction', string>

/** The id of an item: its response's own with another prefix, and its place, so that it names the response that holds it. */
export function itemId(kind: keyof typeof PREFIXES, { id }: Head, index: number): string {
  return `${PREFIXES[kind]}_${id.slice(id.indexOf('_') + 1)}_${index}`
}

/** A message; absent text: it has only begun. */
export function messageItem(id: string, status: ItemStatus, part: JsonObject | undefined, phase: string | undefined): JsonObject {
  const content = part === undefined ? [] : [part]
  return { id, type: 'message', status, role: 'assistant', ...(phase === undefined ? {} : { phase }), content }
}

/** The one part of a message. */
export function textPart(text: string, annotations: readonly Json[]): JsonObject {
  return { type: 'output_text', text, annotations, logprobs: [] }
}

/** A citation as the Responses API has it; a document's has its source for a URL, since clients refuse every other type without a file. */
export function annotationOf(citation: Citation, start: number, end: number): JsonObject {
  const url = citation.url ?? citation.source ?? ''
  return { type: 'url_citation', start_index: start, end_index: end, url, title: citation.title ?? citation.source ?? url }
}

/** What the model thought: shown as a summary where `shown` is given, and packed to be sent back where it can go back. */
export function reasoningItem(id: string, shown: string | undefined, blob: string | undefined, status?: ItemStatus): JsonObject {
  return {
    id,
    type: 'reasoning',
    summary: shown === undefined ? [] : [summaryPart(shown)],
    ...(blob === undefined ? {} : { encrypted_content: blob }),
    ...(status === undefined ? {} : { status })
  }
}

/** The one part of a summary. */
export function summaryPart(text: string): JsonObject {
  return { type: 'summary_text', text }
}

/** The summary of a conversation. */
export function compactionItem(id: string, summary: string): JsonObject {
  return { id, type: 'compaction', encrypted_content: sealSummary(summary) }
}

export interface Call {
  readonly id: string
  readonly tool: ToolIdentity
  /** The id of the call itself. */
  readonly callId: string
  /** The arguments as the model wrote them; empty: the call has only begun. */
  readonly json: string
}

/** A call as the tool's kind has it. */
export function callItem({ id, tool, callId, json }: Call, status: ItemStatus): JsonObject {
  const { kind, name, namespace } = tool
  const named = { name, ...(namespace === undefined ? {} : { namespace }) }
  switch (kind) {
    case 'function':
      return { id, type: 'function_call', status, call_id: callId, ...named, arguments: json }
    case 'custom':
      return {
        id,
        type: 'custom_tool_call',
        status,
        call_id: callId,
        ...named,
        input: json === '' ? '' : unwrapCustomInput(json)
      }
    case 'tool_search':
      return { id, type: 'tool_search_call', status, call_id: callId, execution: 'client', arguments: objectIn(json) }
    case 'local_shell':
      return { id, type: 'local_shell_call', status, call_id: callId, action: localAction(objectIn(json)) }
    case 'shell':
      return { id, type: 'shell_call', status, call_id: callId, action: shellAction(objectIn(json)), environment: null }
    case 'apply_patch':
      return { id, type: 'apply_patch_call', status, call_id: callId, operation: patchOperation(objectIn(json)) }
    default:
      return unreachable(kind)
  }
}

/** Whether a call of this kind is told as its arguments come; the others are told when they are whole. */
export function isToldInPieces(kind: ToolKind): kind is 'function' | 'custom' {
  return kind === 'function' || kind === 'custom'
}

/** Arguments of a tool whose calls are no text; what was cut short is told as none. */
function objectIn(json: string): JsonObject {
  try {
    const parsed: unknown = parseExact(json)
    return isJsonObject(parsed) ? parsed : {}
  } catch {
    return {} // a call that was cut short: its item is `incomplete`
  }
}

function localAction(input: JsonObject): JsonObject {
  const { command, ...rest } = input
  return { type: 'exec', command: stringsIn(command), env: {}, ...rest }
}

function shellAction({ commands, timeout_ms = null, max_output_length = null }: JsonObject): JsonObject {
  return { commands: stringsIn(commands), timeout_ms, max_output_length }
}

function patchOperation({ type, path, diff }: JsonObject): JsonObject {
  const operation = { type: type ?? 'update_file', path: path ?? '' }
  return operation.type === 'delete_file' ? operation : { ...operation, diff: diff ?? '' }
}

/** Models write one command as a string, too. */
function stringsIn(value: Json | undefined): readonly Json[] {
  if (Array.isArray(value)) return value as readonly Json[]
  return typeof value === 'string' ? [value] : []
}
