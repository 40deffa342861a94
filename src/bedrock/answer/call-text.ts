import { parseExact } from '../../core/exact-json.ts'
import { isJsonObject } from '../../core/json.ts'
import { NO_PIECES, type Piece, type Pieces, type TextFilter } from './text-pieces.ts'

const MARK = '<|python_tag|>'
const MEMBERS = new Set(['type', 'name', 'parameters', 'arguments'])

/** Recognises a call that a model writes as text, `{"name": ..., "parameters": {...}}`, as Llama does now and then. */
export function createCallText(names: ReadonlySet<string>): TextFilter {
  let state: 'before' | 'maybe' | 'text' = 'before'
  let blanks = ''
  let held = ''

  function giveAll(): string {
    const all = blanks + held
    blanks = ''
    held = ''
    return all
  }

  function before(text: string): Pieces {
    const begun = held === '' ? text.trimStart() : held + text
    if (held === '') blanks += text.slice(0, text.length - begun.length)
    held = begun
    if (begun.startsWith('{') || begun.startsWith(MARK)) state = 'maybe'
    if (state === 'maybe' || MARK.startsWith(begun)) return NO_PIECES
    state = 'text'
    return [{ type: 'text', text: giveAll() }]
  }

  function settle(): Pieces {
    const text = giveAll()
    state = 'before'
    return text === '' ? NO_PIECES : [readCall(text, names) ?? { type: 'text', text }]
  }

  return {
    take(text) {
      if (state === 'text') return [{ type: 'text', text }]
      if (state === 'before') return before(text)
      held += text
      return NO_PIECES
    },
    blockEnd: settle,
    release: settle,
    passes: () => false
  }
}

function readCall(text: string, names: ReadonlySet<string>): Piece | undefined {
  const trimmed = text.trim()
  const json = trimmed.startsWith(MARK) ? trimmed.slice(MARK.length) : trimmed
  const value = parseObject(json)
  if (value === undefined || typeof value.name !== 'string' || !names.has(value.name)) return undefined
  if (!Object.keys(value).every((member) => MEMBERS.has(member))) return undefined
  const input = value.parameters ?? value.arguments ?? {}
  return isJsonObject(input) ? { type: 'call', name: value.name, json: JSON.stringify(input) } : undefined
}

function parseObject(json: string) {
  try {
    const value: unknown = parseExact(json)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
