import type { ModelEvent } from '../../core/event.ts'
import type { Citation } from '../../core/turn.ts'
import { GatewayError } from '../../errors.ts'
import { close, type Events, isHidden, open, openAs, release, type Writing } from './block-state.ts'
import type { QuickDelta } from './quick-delta.ts'
import { type Pieces, wordsOf } from './text-pieces.ts'

/*
 * Keeps the laws of blocks over deltas that come as they like: a block begins with its first content, its deltas are contiguous,
 * it ends once. Empty pieces make no event and no block, so that a stream and a whole answer of the same content agree.
 */

const NOTHING: Events = []
/** What a block must be open as to take such a piece. */
const OPEN_AS = { text: 'text', input: 'tool', reasoning: 'reasoning' } as const satisfies Record<
  QuickDelta['kind'],
  Writing['kind']
>

/** A call of a tool begins. */
export function writeTool(state: Writing, index: number, id: string, name: string): Events {
  return [...gatedRest(state, 'tool'), ...startTool(state, index, id, name)]
}

/** A block begins that is not the caller's to see. */
export function writeHidden(state: Writing, index: number): Events {
  return [...gatedRest(state), ...open(state, index, 'hidden')]
}

/** A piece of text; the gate of the answer may hold it back, or find something else in it. */
export function writeText(state: Writing, index: number, text: string): Events {
  if (text === '') return NOTHING
  if (state.gate !== undefined && !state.gate.passes(text)) return gatedText(state, index, text)
  if (state.kind === 'text' && state.index === index && state.isPlain) return [{ type: 'text', block: state.block, text }]
  return addText(state, index, 'text', text)
}

/** A piece of the open call's arguments. Throws where none is open: a call must not go out without a part of them. */
export function writeInput(state: Writing, index: number, sent: string): Events {
  if (sent === '' || isHidden(state, index)) return NOTHING
  const kind = state.index === index ? state.kind : undefined
  if (kind === 'tool') {
    state.hasInput = true
    const json = state.keys?.take(sent) ?? sent
    return json === '' ? NOTHING : [{ type: 'tool-input', block: state.block, json }]
  }
  if (kind !== 'json' && kind !== 'told')
    throw new GatewayError('upstream_stream_error', 'Bedrock sent arguments of no call; try again')
  state.hasInput = true
  const json = state.keys?.take(sent) ?? sent
  const text = kind === 'json' ? (state.unwrapper?.take(json) ?? json) : json
  return text === '' ? NOTHING : [{ type: 'text', block: state.block, text }]
}

/** A piece of open reasoning. */
export function writeReasoning(state: Writing, index: number, text: string): Events {
  if (text === '') return NOTHING
  const before = gatedRest(state)
  const events = addText(state, index, 'reasoning', text)
  return before.length === 0 ? events : [...before, ...events]
}

/** Signatures of a family that never gets its reasoning back would only mislead another one. */
export function writeSignature(state: Writing, index: number, signature: string): Events {
  if (signature === '' || state.context.reasoningMark !== undefined) return NOTHING
  return content(state, index, 'reasoning', (block) => ({ type: 'reasoning-signature', block, signature }))
}

/** A piece of encrypted reasoning; it goes out whole, with the end of its block. */
export function writeRedacted(state: Writing, index: number, data: string): Events {
  if (data === '' || isHidden(state, index)) return NOTHING
  const before = [...gatedRest(state), ...openAs(state, index, 'redacted')]
  state.pieces.push(data)
  return before
}

/** A source of the block of text that is open. */
export function writeCitation(state: Writing, index: number, citation: Citation): Events {
  return content(state, index, 'text', (block) => ({ type: 'citation', block, citation }))
}

/** The next piece of the open block; undefined, and nothing is done, where it is more than just that. */
export function writeMore(state: Writing, { index, kind, text, literal }: QuickDelta): ModelEvent | undefined {
  const { block, gate } = state
  if (text === '' || state.index !== index || state.kind !== OPEN_AS[kind]) return undefined
  if (kind === 'input') {
    if (state.keys !== undefined) return undefined
    state.hasInput = true
    return { type: 'tool-input', block, json: text, literal }
  }
  if (kind === 'reasoning') {
    const passes = state.gated === undefined && (state.thoughts === undefined || state.thoughts.passes(text))
    return passes ? { type: 'reasoning', block, text, literal } : undefined
  }
  return state.isPlain && (gate === undefined || gate.passes(text)) ? { type: 'text', block, text, literal } : undefined
}

/** The wire's block is over. */
export function writeStop(state: Writing, index: number): Events {
  const rest = state.gated === index ? gatedRest(state) : NOTHING
  return state.kind === undefined || state.index !== index ? rest : [...rest, ...close(state)]
}

/** Ends what is open, and gives what was held back. */
export function writeRest(state: Writing): Events {
  const last = [...gatedRest(state, 'end'), ...close(state), ...release(state)]
  const thought = wordsOf(state.thoughts?.release(false) ?? [])
  return thought === '' ? last : [...last, ...addPlain(state, state.index, 'reasoning', thought), ...close(state)]
}

function addText(state: Writing, index: number, type: 'text' | 'reasoning', text: string): Events {
  if (type === 'text' || state.thoughts === undefined) return addPlain(state, index, type, text)
  const thought = wordsOf(state.thoughts.take(text))
  return thought === '' ? NOTHING : addPlain(state, index, type, thought)
}

function addPlain(state: Writing, index: number, type: 'text' | 'reasoning', text: string): Events {
  return content(state, index, type, (block) => ({ type, block, text }))
}

function gatedText(state: Writing, index: number, text: string): Events {
  const before = state.gated === index ? NOTHING : gatedRest(state)
  state.gated = index
  return [...before, ...write(state, index, state.gate?.take(text) ?? [])]
}

/** What the gate holds of a block of text that is over, and, before a tool and at the end, of all text so far. */
function gatedRest(state: Writing, before?: 'tool' | 'end'): Events {
  const { gate, gated = state.index } = state
  if (gate === undefined) return NOTHING
  const ended = state.gated === undefined ? [] : gate.blockEnd()
  state.gated = undefined
  if (before === undefined) return write(state, gated, ended)
  const first = write(state, gated, ended)
  const hasAnswered = before === 'tool' || state.answered || state.calls > 0
  return [...first, ...write(state, gated, gate.release(hasAnswered))]
}

function write(state: Writing, index: number, pieces: Pieces): Events {
  return pieces.flatMap((piece) => {
    if (piece.type !== 'call') return addText(state, index, piece.type, piece.text)
    const id = `${state.context.textCalls?.idPrefix ?? ''}${state.calls}`
    return [...startTool(state, index, id, piece.name), ...writeInput(state, index, piece.json), ...close(state)]
  })
}

function content(state: Writing, index: number, kind: 'text' | 'reasoning', make: (block: number) => ModelEvent): Events {
  if (isHidden(state, index)) return NOTHING
  const before = openAs(state, index, kind)
  return keep(state, before, make(state.block))
}

/** Beside a forced answer tool, text waits: the tool's input is the answer, and words before it would spoil the JSON. */
function keep(state: Writing, before: Events, event: ModelEvent): Events {
  if (state.kind !== 'text' || state.context.jsonTool === undefined) return before.length === 0 ? [event] : [...before, event]
  if (!state.answered) state.held.push(event)
  return before
}

function startTool(state: Writing, index: number, id: string, name: string): Events {
  if (name === state.context.jsonTool) {
    const before = open(state, index, state.answered ? 'hidden' : 'json')
    state.held = []
    state.answered = true
    return before
  }
  if (state.context.callsAreWords === true) return tellCall(state, index, name)
  const closed = close(state)
  const released = release(state)
  open(state, index, 'tool')
  state.calls++
  const called = state.context.toolNames.get(name) ?? name
  return [...closed, ...released, { type: 'tool-start', block: state.block, id: ownId(state, id), name: called }]
}

/** Models give two calls one id now and then; clients keep results, and openai-node whole answers, by it (openai-node 7.57, 2026-11). */
function ownId(state: Writing, id: string): string {
  state.ids ??= new Map()
  const nth = (state.ids.get(id) ?? 0) + 1
  state.ids.set(id, nth)
  return nth === 1 ? id : ownId(state, `${id}_${nth}`)
}

/** A call of a tool that the caller did not offer, in the words in which calls of the history are told. */
function tellCall(state: Writing, index: number, name: string): Events {
  if (state.context.jsonTool !== undefined) return open(state, index, 'hidden')
  const before = open(state, index, 'told')
  return [
    ...before,
    { type: 'text', block: state.block, text: `[Called the tool ${state.context.toolNames.get(name) ?? name} with ` }
  ]
}
