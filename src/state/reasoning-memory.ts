import type { AnswerLayout, LayoutItem } from '../core/answer-layout.ts'
import type { EventBatch, ModelEvent } from '../core/event.ts'

/** Whose answer it was, and of which model: reasoning goes back to requests of the same key to the same model, and to no other. */
export interface Thinker {
  /** The name of the caller's key; empty where the gateway asks for none. */
  readonly owner: string
  /** The model without geography or version of a profile: its signatures are good in every region. */
  readonly model: string
}

/**
 * Keeps the signed reasoning of an answer that called tools, and where it stood, because most OpenAI clients drop it, none of their
 * dialect can tell its place among text and calls, and some models refuse the next turn without it or with it elsewhere.
 * Kept by key, model and tool call id, for an hour at most, within a bound of characters; in this process only. Where there is
 * too much, the owner who keeps most loses the oldest, so that nobody can push out what belongs to another.
 */
export interface ReasoningMemory {
  recall(thinker: Thinker, toolCallId: string): AnswerLayout | undefined
  /** Begins to watch one answer; the returned function is given its batches as they pass. */
  watch(thinker: Thinker): (batch: EventBatch) => void
}

export interface ReasoningMemoryOptions {
  /** Characters kept in all. Default 32 Mi. */
  readonly maxSize?: number
  /** Milliseconds. Default one hour. */
  readonly ttlMs?: number
  readonly now?: () => number
}

interface Kept {
  readonly layout: AnswerLayout
  readonly size: number
  readonly until: number
}

interface Shelf {
  readonly kept: Map<string, Kept>
  size: number
}

/** Makes an empty memory. */
export function createReasoningMemory(options: ReasoningMemoryOptions = {}): ReasoningMemory {
  const { maxSize = 32 * 1024 * 1024, ttlMs = 3_600_000, now = Date.now } = options
  const shelves = new Map<string, Shelf>()
  let total = 0

  function forget(owner: string, key: string): void {
    const shelf = shelves.get(owner)
    const size = shelf?.kept.get(key)?.size
    if (shelf === undefined || size === undefined) return
    shelf.kept.delete(key)
    shelf.size -= size
    total -= size
    if (shelf.kept.size === 0) shelves.delete(owner)
  }

  function keep({ owner, model }: Thinker, id: string, layout: AnswerLayout): void {
    const size = layout.reduce((sum, item) => sum + sizeOf(item), 0)
    if (size > maxSize) return
    const key = keyOf(model, id)
    forget(owner, key)
    const shelf = shelves.get(owner) ?? { kept: new Map(), size: 0 }
    shelves.set(owner, shelf)
    shelf.kept.set(key, { layout, size, until: now() + ttlMs })
    shelf.size += size
    total += size
    while (total > maxSize) forgetOldest()
  }

  function forgetOldest(): void {
    let [most] = shelves
    for (const entry of shelves) if (most === undefined || entry[1].size > most[1].size) most = entry
    const [oldest] = most?.[1].kept.keys() ?? []
    if (most !== undefined && oldest !== undefined) forget(most[0], oldest)
  }

  return {
    recall({ owner, model }, toolCallId) {
      const key = keyOf(model, toolCallId)
      const found = shelves.get(owner)?.kept.get(key)
      if (found === undefined) return undefined
      if (found.until > now()) return found.layout
      forget(owner, key)
      return undefined
    },
    watch(thinker) {
      const answer = createLayoutReader()
      return (batch) => {
        for (const event of batch) {
          if (event.type === 'tool-input') continue
          const finished = answer.read(event)
          if (finished?.some(isReasoning)) {
            for (const item of finished) if (item.type === 'tool-call') keep(thinker, item.id, finished)
          }
        }
      }
    }
  }
}

/** No model's id holds a line break. */
function keyOf(model: string, id: string): string {
  return `${model}\n${id}`
}

/** Characters; entries without any are counted too, so that there is an end of them. */
function sizeOf(item: LayoutItem): number {
  switch (item.type) {
    case 'reasoning':
      return item.text.length + (item.signature?.length ?? 0)
    case 'redacted-reasoning':
      return item.data.length
    default:
      return 16
  }
}

function isReasoning(item: LayoutItem): boolean {
  return item.type === 'reasoning' || item.type === 'redacted-reasoning'
}

interface LayoutReader {
  /** Tells the whole layout once the answer has finished. Reasoning without a signature is not in it: no model takes it back. */
  read(event: ModelEvent): AnswerLayout | undefined
}

function createLayoutReader(): LayoutReader {
  const layout: LayoutItem[] = []
  let text = ''
  let signature = ''
  let data = ''
  let words = 0

  function addText(): void {
    const last = layout.at(-1)
    if (last?.type === 'text') layout[layout.length - 1] = { type: 'text', length: last.length + words }
    else layout.push({ type: 'text', length: words })
  }

  function closeBlock(): void {
    if (words > 0) addText()
    if (signature !== '') layout.push({ type: 'reasoning', text, signature })
    if (data !== '') layout.push({ type: 'redacted-reasoning', data })
    text = ''
    signature = ''
    data = ''
    words = 0
  }

  return {
    read(event) {
      switch (event.type) {
        case 'text':
          words += event.text.length
          return undefined
        case 'reasoning':
          text += event.text
          return undefined
        case 'reasoning-signature':
          signature += event.signature
          return undefined
        case 'reasoning-redacted':
          data += event.data
          return undefined
        case 'tool-start':
          layout.push({ type: 'tool-call', id: event.id })
          return undefined
        case 'block-end':
          closeBlock()
          return undefined
        case 'finish':
          closeBlock()
          return layout
        default:
          return undefined
      }
    }
  }
}
