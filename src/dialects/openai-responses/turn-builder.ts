import type { JsonObject } from '../../core/json.ts'
import type { Block, TextBlock, Turn } from '../../core/turn.ts'

interface OpenTurn {
  readonly role: Turn['role']
  readonly content: Block[]
  readonly path: string
}

/**
 * Builds turns from items one by one. Neighbours of one side are one turn. In an assistant's, text that follows calls goes before them, as
 * Codex echoes call, text, output; in a user's, results come first.
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
    const { content } = this.open('assistant', path)
    const isThought = blocks.some(({ type }) => type === 'reasoning' || type === 'redacted-reasoning')
    content.splice(isThought ? content.length : beforeCalls(content), 0, ...blocks)
  }

  /** A call; of several with one id in a turn the later ones get a suffix. */
  call(id: string, name: string, input: JsonObject, path: string): void {
    const { content } = this.open('assistant', path)
    content.push({ type: 'tool-call', id: numbered(id, count(this.called, id)), name, input, path })
  }

  /** The result of a call, of the first with this id that has none. */
  answer(id: string, blocks: (callId: string) => readonly Block[], path: string): void {
    const { content } = this.open('user', path)
    const at = content.findIndex(({ type }) => type !== 'tool-result')
    const nth = Math.min(count(this.answered, id), Math.max(1, this.called.get(id) ?? 1))
    content.splice(at < 0 ? content.length : at, 0, ...blocks(numbered(id, nth)))
  }

  /** Where nobody but the system says anything, its words are the user's turn, at `path`. */
  result(path: string): { readonly system: readonly TextBlock[]; readonly turns: readonly Turn[] } {
    if (this.turns.length > 0) return { system: this.system, turns: this.turns }
    return { system: [], turns: this.system.length === 0 ? [] : [{ role: 'user', content: this.system, path }] }
  }

  private open(role: Turn['role'], path: string): OpenTurn {
    const last = this.turns.at(-1)
    if (last?.role === role) return last
    if (role === 'assistant') {
      this.called.clear()
      this.answered.clear()
    }
    const turn: OpenTurn = { role, content: [], path }
    this.turns.push(turn)
    return turn
  }
}

/** The place before the calls that a turn ends in. */
function beforeCalls(content: readonly Block[]): number {
  return content.findLastIndex(({ type }) => type !== 'tool-call') + 1
}

function count(counts: Map<string, number>, id: string): number {
  const next = (counts.get(id) ?? 0) + 1
  counts.set(id, next)
  return next
}

function numbered(id: string, nth: number): string {
  return nth === 1 ? id : `${id}_${nth}`
}
