import type { Block } from '../../core/turn.ts'

/** The tool calls of one conversation, as far as results still refer to them. A message may have thousands, so that nothing looks through all. */
export interface OpenCalls {
  /** Calls of the last assistant message that have no result yet. */
  readonly open: OpenList
  /** Ids made for legacy function calls, by function name. */
  readonly functionIds: Map<string, string>
  /** For each id, and each call of that id in turn, the ids of the further calls that it turned out to hold: its result answers them all. */
  readonly copies: Map<string, string[][]>
  /** Characters of results that may still be said again for further calls. */
  copyRoom: number
}

/** A result may be megabytes, and the calls that it answers thousands. */
const COPY_ROOM = 1_000_000

interface OpenCall {
  readonly id: string
  readonly name: string
  /** The caller gave no id. */
  readonly isMade: boolean
}

/** Makes an empty list of calls. */
export function createOpenCalls(): OpenCalls {
  return { open: new OpenList(), functionIds: new Map(), copies: new Map(), copyRoom: COPY_ROOM }
}

/** Calls in order, found by id, by name, or as the first of all. */
class OpenList {
  private readonly all = new Queue()
  private readonly made = new Queue()
  private readonly named = new Map<string, Queue>()
  private readonly madeNamed = new Map<string, Queue>()
  private readonly withId = new Map<string, Set<OpenCall>>()

  get isEmpty(): boolean {
    return this.withId.size === 0
  }

  add(call: OpenCall): void {
    this.all.add(call)
    queueOf(this.named, call.name).add(call)
    if (call.isMade) {
      this.made.add(call)
      queueOf(this.madeNamed, call.name).add(call)
    }
    const same = this.withId.get(call.id)
    if (same === undefined) this.withId.set(call.id, new Set([call]))
    else same.add(call)
  }

  has(id: string): boolean {
    return this.withId.has(id)
  }

  /** The first one of that name, else the first; `isMade`: only of those whose caller gave no id. */
  first(name: string | undefined, isMade: boolean): OpenCall | undefined {
    const isOpen = (call: OpenCall) => this.withId.get(call.id)?.has(call) === true
    const sameName = name === undefined ? undefined : (isMade ? this.madeNamed : this.named).get(name)?.first(isOpen)
    return sameName ?? (isMade ? this.made : this.all).first(isOpen)
  }

  /** The first one of that id has its result. */
  close(id: string): void {
    const same = this.withId.get(id)
    for (const call of same ?? []) {
      same?.delete(call)
      break
    }
    if (same?.size === 0) this.withId.delete(id)
  }

  clear(): void {
    if (this.isEmpty) return
    this.all.clear()
    this.made.clear()
    this.named.clear()
    this.madeNamed.clear()
    this.withId.clear()
  }
}

/** Calls in order; those that are closed are passed over once. */
class Queue {
  private calls: OpenCall[] = []
  private at = 0

  add(call: OpenCall): void {
    this.calls.push(call)
  }

  first(isOpen: (call: OpenCall) => boolean): OpenCall | undefined {
    while (this.at < this.calls.length && !isOpen(this.calls[this.at]!)) this.at++
    return this.calls[this.at]
  }

  clear(): void {
    this.calls = []
    this.at = 0
  }
}

function queueOf(queues: Map<string, Queue>, name: string): Queue {
  const known = queues.get(name)
  if (known !== undefined) return known
  const made = new Queue()
  queues.set(name, made)
  return made
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
    open.add({ id: block.id, name: block.name, isMade: block.id.startsWith(callId) })
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
  const isKnown = id !== undefined && calls?.open.has(id)
  const next = isKnown ? undefined : calls?.open.first(name, id !== undefined)
  const answered = next?.id ?? id
  if (answered === undefined) return undefined
  const copies = calls?.copies.get(answered)?.shift() ?? []
  for (const each of [answered, ...copies]) calls?.open.close(each)
  return [answered, ...copies]
}
