import { type PartList, type PromptParts, promptPath } from '../core/prompt-parts.ts'

/** The prompts that were seen last, as hashes: says where a conversation leaves the prefix of its turn before. */
export interface PrefixHistory {
  /** Path of the first part that is another than in the turn before; undefined: it goes on from there, or is a new conversation. */
  look(owner: string, prompt: PromptParts): string | undefined
  /** The same, and keeps the prompt as the newest turn. */
  note(owner: string, prompt: PromptParts): string | undefined
}

const MOST_OWNERS = 1000
const MOST_PROMPTS = 32
/** Of all prompts together; some 2 MB. */
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

  function keep(shelf: Shelf, prompt: PromptParts, before: PromptParts | undefined): void {
    parts += sizeOf(prompt)
    shelf.parts += sizeOf(prompt)
    const { prompts } = shelf
    if (before !== undefined) forget(shelf, prompts.lastIndexOf(before))
    prompts.push(prompt)
    if (prompts.length > MOST_PROMPTS) forget(shelf, 0)
    while (parts > MOST_PARTS) {
      forget(
        [...owners.values()].reduce((most, one) => (one.parts > most.parts ? one : most), shelf),
        0
      )
    }
  }

  /** What is kept of an owner, who is the newest now. */
  function shelfOf(owner: string): Shelf {
    const shelf = owners.get(owner) ?? { prompts: [], parts: 0 }
    owners.delete(owner)
    owners.set(owner, shelf)
    const [oldest] = owners
    if (owners.size > MOST_OWNERS && oldest !== undefined) {
      while (oldest[1].prompts.length > 0) forget(oldest[1], 0)
      owners.delete(oldest[0])
    }
    return shelf
  }

  return {
    look: (owner, prompt) => differenceFrom(turnBefore(owners.get(owner)?.prompts ?? [], prompt), prompt),
    note(owner, prompt) {
      const shelf = shelfOf(owner)
      const before = turnBefore(shelf.prompts, prompt)
      const path = differenceFrom(before, prompt)
      keep(shelf, shortened(prompt), before)
      return path
    }
  }
}

function sizeOf({ head, messages }: PromptParts): number {
  return head.length + messages.length
}

function shortened({ head, messages, isContinued }: PromptParts): PromptParts {
  const first = head.first(MOST_OF_ONE)
  return { head: first, messages: messages.first(MOST_OF_ONE - first.length), isContinued }
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
    const begins = one.messages.firstDifference(prompt.messages) ?? one.messages.length
    const common = begins * MOST_OF_ONE + one.messages.commonWith(prompt.messages)
    if (common > 0 && common >= most) {
      most = common
      best = one
    }
  }
  if (best !== undefined) return best
  const [only, ...others] = prompts
  if (only === undefined || others.length > 0) return undefined
  const hasSameHead = only.head.firstDifference(prompt.head) === undefined
  return only.messages.length < prompt.messages.length && hasSameHead ? only : undefined
}

function differenceFrom(before: PromptParts | undefined, prompt: PromptParts): string | undefined {
  return before === undefined ? undefined : differenceOf(before, prompt)
}

function differenceOf(before: PromptParts, now: PromptParts): string | undefined {
  const inHead = before.head.firstDifference(now.head)
  if (inHead !== undefined) return earlierPath(before.head, now.head, inHead)
  const at = before.messages.firstDifference(now.messages)
  // A conversation that only goes on has kept its prefix.
  if (at === undefined || at >= before.messages.length || at >= now.messages.length) return undefined
  return earlierPath(before.messages, now.messages, at)
}

/** Of the places of both, the one that is read first: what one of the prompts lacks stands where it was or has come. */
function earlierPath(before: PartList, now: PartList, index: number): string | undefined {
  const [one, other] = [before.placeAt(index), now.placeAt(index)]
  const place = Math.min(one ?? Number.POSITIVE_INFINITY, other ?? Number.POSITIVE_INFINITY)
  return place === Number.POSITIVE_INFINITY ? undefined : promptPath(place)
}
