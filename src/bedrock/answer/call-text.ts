import { isJsonObject } from '../../core/json.ts'
import { NO_PIECES, type Piece, type Pieces, type TextGate } from './text-pieces.ts'

const MARK = '<|python_tag|>'
const MEMBERS = new Set(['type', 'name', 'parameters', 'arguments'])

/** Recognises a call that a model writes as text, `{"name": ..., "parameters": {...}}`, as Llama does now and then. */
export function createCallText(names: ReadonlySet<string>): TextGate {
  let held = ''
  let isText = false

  function settle(): Pieces {
    const text = held
    held = ''
    isText = false
    return text === '' ? NO_PIECES : [readCall(text, names) ?? { type: 'text', text }]
  }

  return {
    take(text) {
      if (isText) return [{ type: 'text', text }]
      held += text
      const begun = held.trimStart()
      if (begun.startsWith('{') || begun.startsWith(MARK) || MARK.startsWith(begun)) return NO_PIECES
      const all = held
      held = ''
      isText = true
      return [{ type: 'text', text: all }]
    },
    blockEnd: settle,
    release: settle,
    open: false
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
    const value: unknown = JSON.parse(json)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
