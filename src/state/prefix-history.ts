/** One part of a prompt, in the order in which models read it. No words of it are kept. */
export interface PromptPart {
  /** As `tools[2]`, `system[0]`, `messages[3].content[0]`. */
  readonly path: string
  readonly hash: number
}

/** A prompt in parts. */
export interface PromptParts {
  /** What comes before the conversation, and what of the settings it hangs on. */
  readonly head: readonly PromptPart[]
  readonly messages: readonly PromptPart[]
  /** The model has spoken in it: an earlier request asked for its beginning. */
  readonly isContinued: boolean
}

/** The prompts that were seen last, as hashes: says where a conversation leaves the prefix of its turn before. */
export interface PrefixHistory {
  /** Path of the first part that is another than in the turn before; undefined: it goes on from there, or is a new conversation. */
  look(owner: string, prompt: PromptParts): string | undefined
  /** The same, and keeps the prompt as the newest turn. */
  note(owner: string, prompt: PromptParts): string | undefined
}

const MOST_OWNERS = 1000
const MOST_PROMPTS = 32
/** Of all prompts together; some 10 MB. */
const MOST_PARTS = 100_000
/** What one prompt is compared by; what lies behind is not looked at. */
const MOST_OF_ONE = 4096

/** What is kept of one owner. */
interface Shelf {
  readonly prompts: PromptParts[]
  parts: number
}

/** Makes an empty history. It is bounded: the oldest of the owner who keeps most is forgotten first, so that nobody pushes out another's. */
export function createPrefixHistory(): PrefixHistory {
  const owners = new Map<string, Shelf>()
  let parts = 0

  function forget(shelf: Shelf, index: number): void {
    const [gone] = shelf.prompts.splice(index, 1)
    if (gone === undefined) return
    parts -= sizeOf(gone)
    shelf.parts -= sizeOf(gone)
  }

  function keep(owner: string, prompt: PromptParts, before: PromptParts | undefined): void {
    const shelf = owners.get(owner) ?? { prompts: [], parts: 0 }
    owners.delete(owner)
    owners.set(owner, shelf)
    if (before !== undefined) forget(shelf, shelf.prompts.indexOf(before))
    shelf.prompts.push(prompt)
    parts += sizeOf(prompt)
    shelf.parts += sizeOf(prompt)
    if (shelf.prompts.length > MOST_PROMPTS) forget(shelf, 0)
    while (parts > MOST_PARTS) {
      forget(
        [...owners.values()].reduce((most, one) => (one.parts > most.parts ? one : most), shelf),
        0
      )
    }
    const [oldest] = owners
    if (owners.size <= MOST_OWNERS || oldest === undefined) return
    while (oldest[1].prompts.length > 0) forget(oldest[1], 0)
    owners.delete(oldest[0])
  }

  return {
    look: (owner, prompt) => differenceFrom(turnBefore(owners.get(owner)?.prompts ?? [], prompt), prompt),
    note(owner, prompt) {
      const before = turnBefore(owners.get(owner)?.prompts ?? [], prompt)
      const path = differenceFrom(before, prompt)
      keep(owner, shortened(prompt), before)
      return path
    }
  }
}

function sizeOf({ head, messages }: PromptParts): number {
  return head.length + messages.length
}

function shortened(prompt: PromptParts): PromptParts {
  const head = prompt.head.slice(0, MOST_OF_ONE)
  return { ...prompt, head, messages: prompt.messages.slice(0, MOST_OF_ONE - head.length) }
}

/**
 * The prompt that this one goes on from: the one with the longest beginning in common, then with most parts of messages at the same
 * places; the newest of several. Where all of the conversation is another, the only prompt there is, with the same head and shorter.
 */
function turnBefore(prompts: readonly PromptParts[], prompt: PromptParts): PromptParts | undefined {
  if (!prompt.isContinued) return prompts.findLast((one) => differenceOf(one, prompt) === undefined)
  let best: PromptParts | undefined
  let most = 0
  for (const one of prompts) {
    if (one.messages.length > prompt.messages.length) continue
    const begins = firstDifference(one.messages, prompt.messages) ?? one.messages.length
    const common = begins * MOST_OF_ONE + commonIn(one.messages, prompt.messages)
    if (common > 0 && common >= most) {
      most = common
      best = one
    }
  }
  if (best !== undefined) return best
  const [only, ...others] = prompts
  if (only === undefined || others.length > 0) return undefined
  return only.messages.length < prompt.messages.length && isSame(only.head, prompt.head) ? only : undefined
}

function commonIn(some: readonly PromptPart[], others: readonly PromptPart[]): number {
  return some.reduce((count, { hash }, index) => (others[index]?.hash === hash ? count + 1 : count), 0)
}

function isSame(some: readonly PromptPart[], others: readonly PromptPart[]): boolean {
  return some.length === others.length && commonIn(some, others) === some.length
}

function differenceFrom(before: PromptParts | undefined, prompt: PromptParts): string | undefined {
  return before === undefined ? undefined : differenceOf(before, prompt)
}

function differenceOf(before: PromptParts, now: PromptParts): string | undefined {
  const inHead = firstDifference(before.head, now.head)
  if (inHead !== undefined) return earlierPath(before.head[inHead]?.path, now.head[inHead]?.path)
  const at = firstDifference(before.messages, now.messages)
  // A conversation that only goes on has kept its prefix.
  if (at === undefined || at >= before.messages.length || at >= now.messages.length) return undefined
  return earlierPath(before.messages[at]?.path, now.messages[at]?.path)
}

/** The index of the first part that is another, or that only one of them has. */
function firstDifference(some: readonly PromptPart[], others: readonly PromptPart[]): number | undefined {
  const length = Math.max(some.length, others.length)
  for (let index = 0; index < length; index++) {
    const [one, other] = [some[index], others[index]]
    if (one?.hash !== other?.hash || one?.path !== other?.path) return index
  }
  return undefined
}

/** Sections as models read them. */
const SECTIONS = ['model', 'tools', 'system', 'thinking', 'tool_choice', 'messages']

/** Of two paths, the one that is read first: what one of the prompts lacks stands where it was or has come. */
function earlierPath(path: string | undefined, other: string | undefined): string | undefined {
  if (path === undefined || other === undefined) return path ?? other
  const [left, right] = [readingOrder(path), readingOrder(other)]
  const at = left.findIndex((rank, index) => rank !== (right[index] ?? -1))
  return at === -1 || left[at]! < (right[at] ?? -1) ? path : other
}

/** `messages[3].content[0]`: the section's place, then the indices. */
function readingOrder(path: string): readonly number[] {
  const [section = ''] = path.split(/[[.]/, 1)
  return [SECTIONS.indexOf(section), ...(path.match(/\d+/g) ?? []).map(Number)]
}
