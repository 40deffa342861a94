import type { JsonObject } from '../../core/json.ts'
import type { Block, TextBlock, Turn } from '../../core/turn.ts'

interface OpenTurn {
  readonly role: Turn['role']
  /** Results, which come first. */
  readonly results: Block[]
  readonly content: Block[]
  /** The calls that it ends in. */
  readonly calls: Block[]
  readonly path: string
}

/**
 * Builds turns from items one by one. Neighbours of one side are one turn. In an assistant's, text that follows calls goes before them, as
 * Codex echoes call, text, output; in a user's, results come first. A call that nobody has answered was interrupted: its result is empty.
 */
export class TurnBuilder {
  private readonly system: TextBlock[] = []
  private readonly turns: OpenTurn[] = []
  /** How often each id was called in the assistant turn that is open or was last, and how often answered since. */
  private readonly called = new Map<string, number>()
  private readonly answered = new Map<string, number>()

  /** System texts: apart before the conversation begins, later in place, so that the prefix that a model has cached stays. */
  instruct(texts: readonly TextBlock[], path: string): void {
    if (this.turns.length === 0) this.system.push(...texts)
    else this.hear(texts, path)
  }

  /** What the user says. */
  hear(blocks: readonly Block[], path: string): void {
    if (blocks.length > 0) this.open('user', path).content.push(...blocks)
  }

  /** What the assistant says or thinks. */
  say(blocks: readonly Block[], path: string): void {
    if (blocks.length === 0) return
    const turn = this.open('assistant', path)
    const isThought = blocks.some(({ type }) => type === 'reasoning' || type === 'redacted-reasoning')
    if (isThought) turn.content.push(...turn.calls.splice(0))
    turn.content.push(...blocks)
  }

  /** A call; of several with one id in a turn the later ones get a suffix. */
  call(id: string, name: string, input: JsonObject, path: string): void {
    this.open('assistant', path).calls.push({ type: 'tool-call', id: numbered(id, count(this.called, id)), name, input, path })
  }

  /** The result of a call, of the first with this id that has none. */
  answer(id: string, blocks: (callId: string) => readonly Block[], path: string): void {
    const { results } = this.open('user', path)
    const nth = Math.min(count(this.answered, id), Math.max(1, this.called.get(id) ?? 1))
    results.push(...blocks(numbered(id, nth)))
  }

  /** Where nobody but the system says anything, its words are the user's turn, at `path`. */
  result(path: string): { readonly system: readonly TextBlock[]; readonly turns: readonly Turn[] } {
    this.answerAll()
    if (this.turns.length > 0) return { system: this.system, turns: this.turns.map(closed) }
    return { system: [], turns: this.system.length === 0 ? [] : [{ role: 'user', content: this.system, path }] }
  }

  private answerAll(): void {
    for (const [index, { calls }] of this.turns.entries()) {
      const answered = new Set(this.turns[index + 1]?.results.map((block) => (block.type === 'tool-result' ? block.callId : '')))
      const left = calls.flatMap((block) => (block.type === 'tool-call' && !answered.has(block.id) ? [block] : []))
      if (left.length === 0) continue
      const { results } = this.turns[index + 1] ?? this.open('user', left[0]?.path ?? '')
      results.push(...left.map(({ id, path = '' }): Block => ({ type: 'tool-result', callId: id, content: [], path })))
    }
  }

  private open(role: Turn['role'], path: string): OpenTurn {
    const last = this.turns.at(-1)
    if (last?.role === role) return last
    if (role === 'assistant') {
      this.called.clear()
      this.answered.clear()
    }
    const turn: OpenTurn = { role, results: [], content: [], calls: [], path }
    this.turns.push(turn)
    return turn
  }
}

function closed({ role, results, content, calls, path }: OpenTurn): Turn {
  return { role, content: [...results, ...content, ...calls], path }
}

function count(counts: Map<string, number>, id: string): number {
  const next = (counts.get(id) ?? 0) + 1
  counts.set(id, next)
  return next
}

function numbered(id: string, nth: number): string {
  return nth === 1 ? id : `${id}_${nth}`
}
