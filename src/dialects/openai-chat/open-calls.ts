import type { Block } from '../../core/turn.ts'

/** The tool calls of one conversation, as far as results still refer to them. */
export interface OpenCalls {
  /** Calls of the last assistant message that have no result yet, in order. */
  readonly open: OpenCall[]
  /** Ids made for legacy function calls, by function name. */
  readonly functionIds: Map<string, string>
  /** For each id, and each call of that id in turn, the ids of the further calls that it turned out to hold: its result answers them all. */
  readonly copies: Map<string, string[][]>
}

interface OpenCall {
  readonly id: string
  readonly name: string
  /** The caller gave no id. */
  readonly isMade: boolean
}

/** Makes an empty list of calls. */
export function createOpenCalls(): OpenCalls {
  return { open: [], functionIds: new Map(), copies: new Map() }
}

/**
 * Notes the calls of an assistant message; `callId` is what ids made for it begin with, and the id of a legacy function call.
 * The further calls that one call of the client's turned out to hold stand behind it, with its path.
 */
export function noteCalls(blocks: readonly Block[], callId: string, { open, functionIds, copies }: OpenCalls): void {
  let path: string | undefined
  let further: string[] = []
  for (const block of blocks) {
    if (block.type !== 'tool-call') continue
    open.push({ id: block.id, name: block.name, isMade: block.id.startsWith(callId) })
    if (block.id === callId) functionIds.set(block.name, callId)
    if (path !== undefined && path === block.path) {
      further.push(block.id)
      continue
    }
    path = block.path
    further = []
    const known = copies.get(block.id)
    if (known === undefined) copies.set(block.id, [further])
    else known.push(further)
  }
}

/** What a result says of the call that it answers. */
export interface Answered {
  readonly id?: string | undefined
  readonly name?: string | undefined
}

/**
 * The id of the call that a result answers, and of the further ones that this held; they are no longer open. Where either side has no id
 * they are paired by order, calls of the result's name before others. Undefined: the result names no call, and none is open.
 */
export function answer({ id, name }: Answered, calls: OpenCalls | undefined): readonly [string, ...string[]] | undefined {
  const waiting = (calls?.open ?? []).filter((call) => id === undefined || call.isMade)
  const isKnown = id !== undefined && calls?.open.some((call) => call.id === id)
  const next = isKnown ? undefined : (waiting.find((call) => call.name === name) ?? waiting[0])
  const answered = next?.id ?? id
  if (answered === undefined) return undefined
  const copies = calls?.copies.get(answered)?.shift() ?? []
  for (const each of [answered, ...copies]) close(each, calls)
  return [answered, ...copies]
}

function close(id: string, calls: OpenCalls | undefined): void {
  const at = calls?.open.findIndex((call) => call.id === id) ?? -1
  if (at >= 0) calls?.open.splice(at, 1)
}
