import type { ModelEvent } from '../../core/event.ts'
import type { Citation } from '../../core/turn.ts'
import type { AnswerContext } from './answer-context.ts'
import { joinBase64 } from './join-base64.ts'

type Events = readonly ModelEvent[]
type Kind = 'text' | 'reasoning' | 'redacted' | 'tool' | 'json' | 'hidden'

/**
 * Keeps the laws of blocks over deltas that come as they like: a block begins with its first content, its deltas are contiguous,
 * it ends once. Empty pieces make no event and no block, so that a stream and a whole answer of the same content agree.
 */
export interface BlockWriter {
  tool(index: number, id: string, name: string): Events
  hide(index: number): Events
  text(index: number, text: string): Events
  input(index: number, json: string): Events
  reasoning(index: number, text: string): Events
  signature(index: number, signature: string): Events
  redacted(index: number, data: string): Events
  citation(index: number, citation: Citation): Events
  stop(index: number): Events
  /** Ends what is open, and gives what was held back. */
  finish(): Events
  hasToolCalls(): boolean
}

interface Writing {
  readonly context: AnswerContext
  /** The wire's number and kind of the open block; `kind` undefined: none is open. */
  index: number
  kind: Kind | undefined
  /** Our number of the open block. */
  block: number
  hasInput: boolean
  pieces: string[]
  calls: number
  /** Text beside a forced answer tool, kept until it is known whether the tool comes. */
  held: ModelEvent[]
  answered: boolean
}

const NOTHING: Events = []

/** Makes the writer of one answer. */
export function createBlockWriter(context: AnswerContext): BlockWriter {
  const state: Writing = {
    context,
    index: -1,
    kind: undefined,
    block: -1,
    hasInput: false,
    pieces: [],
    calls: 0,
    held: [],
    answered: false
  }
  return {
    tool: (index, id, name) => startTool(state, index, id, name),
    hide: (index) => open(state, index, 'hidden'),
    text(index, text) {
      if (state.kind === 'text' && state.index === index && context.jsonTool === undefined) {
        return text === '' ? NOTHING : [{ type: 'text', block: state.block, text }]
      }
      return text === '' ? NOTHING : content(state, index, 'text', (block) => ({ type: 'text', block, text }))
    },
    input: (index, json) => addInput(state, index, json),
    reasoning: (index, text) =>
      text === '' ? NOTHING : content(state, index, 'reasoning', (block) => ({ type: 'reasoning', block, text })),
    signature: (index, signature) =>
      signature === ''
        ? NOTHING
        : content(state, index, 'reasoning', (block) => ({ type: 'reasoning-signature', block, signature })),
    redacted(index, data) {
      if (data === '' || isHidden(state, index)) return NOTHING
      const before = openAs(state, index, 'redacted')
      state.pieces.push(data)
      return before
    },
    citation: (index, citation) => content(state, index, 'text', (block) => ({ type: 'citation', block, citation })),
    stop: (index) => (state.kind === undefined || state.index !== index ? NOTHING : close(state)),
    finish: () => [...close(state), ...release(state)],
    hasToolCalls: () => state.calls > 0
  }
}

function isHidden(state: Writing, index: number): boolean {
  return state.kind === 'hidden' && state.index === index
}

/** Closes what is open and opens a block, unless just this one is open. */
function openAs(state: Writing, index: number, kind: Kind): Events {
  return state.kind === kind && state.index === index ? NOTHING : open(state, index, kind)
}

function open(state: Writing, index: number, kind: Kind): Events {
  const before = close(state)
  state.index = index
  state.kind = kind
  state.hasInput = false
  state.pieces = []
  if (kind !== 'hidden') state.block++
  return before
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
  const closed = close(state)
  const released = release(state)
  open(state, index, 'tool')
  state.calls++
  return [...closed, ...released, { type: 'tool-start', block: state.block, id, name: state.context.toolNames.get(name) ?? name }]
}

function addInput(state: Writing, index: number, json: string): Events {
  if (json === '' || state.index !== index) return NOTHING
  if (state.kind === 'tool') {
    state.hasInput = true
    return [{ type: 'tool-input', block: state.block, json }]
  }
  if (state.kind !== 'json') return NOTHING
  state.hasInput = true
  return [{ type: 'text', block: state.block, text: json }]
}

function close(state: Writing): Events {
  const { kind, block } = state
  state.kind = undefined
  if (kind === undefined || kind === 'hidden') return NOTHING
  const end: ModelEvent = { type: 'block-end', block }
  if (kind === 'text' && state.context.jsonTool !== undefined) {
    if (!state.answered) state.held.push(end)
    return NOTHING
  }
  if (kind === 'redacted') {
    const data = `${state.context.reasoningMark ?? ''}${joinBase64(state.pieces)}`
    return [{ type: 'reasoning-redacted', block, data }, end]
  }
  // A call without arguments streams no input at all, and every client parses what it collects.
  if (kind === 'tool' && !state.hasInput) return [{ type: 'tool-input', block, json: '{}' }, end]
  if (kind === 'json' && !state.hasInput) return [{ type: 'text', block, text: '{}' }, end]
  return [end]
}

/** Gives what was held, numbered anew, since other blocks may have gone out meanwhile. */
function release(state: Writing): Events {
  const { held } = state
  state.held = []
  let before: number | undefined
  return held.map((event) => {
    if (!('block' in event)) return event
    if (event.block !== before) state.block++
    before = event.block
    return { ...event, block: state.block }
  })
}
