import type { ModelEvent } from '../../core/event.ts'
import type { AnswerContext } from './answer-context.ts'
import { createCallMarkers } from './call-markers.ts'
import { createKeyRestorer, type KeyRestorer } from './restore-keys.ts'
import { createTextFilter } from './text-filter.ts'
import { type TextFilter, wordsOf } from './text-pieces.ts'
import { createUnwrapper, type Unwrapper } from './unwrap-properties.ts'

export type Events = readonly ModelEvent[]

/** What the open block is; `json` is the gateway's own answer tool, `told` a call in words, `hidden` is not the caller's to see. */
export type BlockKind = 'text' | 'reasoning' | 'redacted' | 'tool' | 'json' | 'told' | 'hidden'

/** Where the writing of one answer stands. */
export interface Writing {
  readonly context: AnswerContext
  readonly gate: TextFilter | undefined
  /** Takes the model's own markup out of its reasoning. */
  readonly thoughts: TextFilter | undefined
  /** Text goes out as it comes: no tool's input is the answer. */
  readonly isPlain: boolean
  /** The wire's number of the block of text that the gate is reading. */
  gated: number | undefined
  /** Reads the input of the gateway's own answer tool. */
  readonly unwrapper: Unwrapper | undefined
  /** Gives the open call's arguments the caller's names. */
  keys: KeyRestorer | undefined
  /** The wire's number and kind of the open block; `kind` undefined: none is open. */
  index: number
  kind: BlockKind | undefined
  /** Our number of the open block. */
  block: number
  hasInput: boolean
  pieces: string[]
  calls: number
  /** How often each id was given to a call of this answer; made with the first call. */
  ids: Map<string, number> | undefined
  /** Text beside a forced answer tool, kept until it is known whether the tool comes. */
  held: ModelEvent[]
  answered: boolean
}

const NOTHING: Events = []

/** Starts an answer: nothing is open. */
export function beginWriting(context: AnswerContext): Writing {
  return {
    context,
    gate: createTextFilter(context),
    thoughts: context.callMarkers === undefined ? undefined : createCallMarkers(context.callMarkers),
    isPlain: context.jsonTool === undefined,
    gated: undefined,
    unwrapper: context.jsonUnwrap === true ? createUnwrapper() : undefined,
    keys: undefined,
    index: -1,
    kind: undefined,
    block: -1,
    hasInput: false,
    pieces: [],
    calls: 0,
    ids: undefined,
    held: [],
    answered: false
  }
}

/** Tells whether the wire's block is one the caller does not see. */
export function isHidden(state: Writing, index: number): boolean {
  return state.kind === 'hidden' && state.index === index
}

/** Closes what is open and opens a block, unless just this one is open. */
export function openAs(state: Writing, index: number, kind: BlockKind): Events {
  return state.kind === kind && state.index === index ? NOTHING : open(state, index, kind)
}

/** Closes what is open and opens a block. */
export function open(state: Writing, index: number, kind: BlockKind): Events {
  const before = close(state)
  state.index = index
  state.kind = kind
  state.hasInput = false
  const { propertyNames } = state.context
  if (propertyNames !== undefined) state.keys = createKeyRestorer(propertyNames)
  state.pieces = []
  if (kind !== 'hidden') state.block++
  return before
}

/** Ends the open block, if any. */
export function close(state: Writing): Events {
  const { kind, block } = state
  state.kind = undefined
  if (kind === undefined || kind === 'hidden') return NOTHING
  const end: ModelEvent = { type: 'block-end', block }
  if (kind === 'text' && state.context.jsonTool !== undefined) {
    if (!state.answered) state.held.push(end)
    return NOTHING
  }
  if (kind === 'reasoning' && state.thoughts !== undefined) {
    const text = wordsOf(state.thoughts.release(false))
    return text === '' ? [end] : [{ type: 'reasoning', block, text }, end]
  }
  if (kind === 'redacted') {
    const data = `${state.context.reasoningMark ?? ''}${joinBase64(state.pieces)}`
    return [{ type: 'reasoning-redacted', block, data }, end]
  }
  // A call without arguments streams no input at all, and every client parses what it collects.
  if (kind === 'tool' && !state.hasInput) return [{ type: 'tool-input', block, json: '{}' }, end]
  if (kind === 'json' && !state.hasInput) return [{ type: 'text', block, text: '{}' }, end]
  const key = state.keys?.end() ?? ''
  if (kind === 'told') return [{ type: 'text', block, text: `${state.hasInput ? key : '{}'}]` }, end]
  if (kind === 'tool' && key !== '') return [{ type: 'tool-input', block, json: key }, end]
  if (kind !== 'json') return [end]
  const left = `${key === '' ? '' : (state.unwrapper?.take(key) ?? key)}${state.unwrapper?.end() ?? ''}`
  if (left !== '') return [{ type: 'text', block, text: left }, end]
  return [end]
}

/** Gives what was held, numbered anew, since other blocks may have gone out meanwhile. */
export function release(state: Writing): Events {
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

/** Joins pieces of one base64 value, also when each piece was padded for itself. */
function joinBase64(pieces: readonly string[]): string {
  const joined = pieces.join('')
  const padding = joined.indexOf('=')
  if (padding < 0 || padding >= joined.length - 2) return joined
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64'))).toString('base64')
}
