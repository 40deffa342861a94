import type { EventBatch, ModelEvent } from '../core/event.ts'
import type { ReasoningBlock, RedactedReasoningBlock } from '../core/turn.ts'

export type SignedReasoning = readonly (ReasoningBlock | RedactedReasoningBlock)[]

/**
 * Keeps the signed reasoning that led to a tool call, because most OpenAI clients drop it and some models refuse the next
 * turn without it. Kept by tool call id, for an hour at most, within a bound of bytes; in this process only.
 */
export interface ReasoningMemory {
  recall(toolCallId: string): SignedReasoning | undefined
  /** Begins to watch one answer; the returned function is given its batches as they pass. */
  watch(): (batch: EventBatch) => void
}

export interface ReasoningMemoryOptions {
  /** Characters kept in all. Default 32 Mi. */
  readonly maxSize?: number
  /** Milliseconds. Default one hour. */
  readonly ttlMs?: number
  readonly now?: () => number
}

interface Kept {
  readonly blocks: SignedReasoning
  readonly size: number
  readonly until: number
}

/** Makes an empty memory. */
export function createReasoningMemory(options: ReasoningMemoryOptions = {}): ReasoningMemory {
  const { maxSize = 32 * 1024 * 1024, ttlMs = 3_600_000, now = Date.now } = options
  const kept = new Map<string, Kept>()
  let total = 0

  function forget(id: string): void {
    total -= kept.get(id)?.size ?? 0
    kept.delete(id)
  }

  function keep(id: string, blocks: SignedReasoning): void {
    const size = blocks.reduce((sum, block) => sum + sizeOf(block), 0)
    if (size > maxSize) return
    forget(id)
    kept.set(id, { blocks, size, until: now() + ttlMs })
    total += size
    for (const oldest of kept.keys()) {
      if (total <= maxSize) break
      forget(oldest)
    }
  }

  return {
    recall(toolCallId) {
      const found = kept.get(toolCallId)
      if (found === undefined) return undefined
      if (found.until > now()) return found.blocks
      forget(toolCallId)
      return undefined
    },
    watch() {
      const answer = createReasoningReader()
      return (batch) => {
        for (const event of batch) {
          if (event.type === 'text' || event.type === 'tool-input') continue
          const finished = answer.read(event)
          if (finished !== undefined && finished.blocks.length > 0) for (const id of finished.calls) keep(id, finished.blocks)
        }
      }
    }
  }
}

function sizeOf(block: SignedReasoning[number]): number {
  return block.type === 'reasoning' ? block.text.length + (block.signature?.length ?? 0) : block.data.length
}

interface ReasoningReader {
  /** Tells what there is to keep once the answer has finished. */
  read(event: ModelEvent): { readonly calls: readonly string[]; readonly blocks: SignedReasoning } | undefined
}

function createReasoningReader(): ReasoningReader {
  const blocks: (ReasoningBlock | RedactedReasoningBlock)[] = []
  const calls: string[] = []
  let text = ''
  let signature = ''
  let data = ''

  function closeBlock(): void {
    if (signature !== '') blocks.push({ type: 'reasoning', text, signature })
    if (data !== '') blocks.push({ type: 'redacted-reasoning', data })
    text = ''
    signature = ''
    data = ''
  }

  return {
    read(event) {
      if (event.type === 'reasoning') text += event.text
      else if (event.type === 'reasoning-signature') signature += event.signature
      else if (event.type === 'reasoning-redacted') data += event.data
      else if (event.type === 'tool-start') calls.push(event.id)
      else if (event.type === 'block-end') closeBlock()
      else if (event.type === 'finish') {
        closeBlock()
        return { calls, blocks }
      }
      return undefined
    }
  }
}
