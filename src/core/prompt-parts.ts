/** The sections of a prompt, in the order in which models read them; in these words a place in it is told. */
const SECTIONS = ['model', 'tools', 'system', 'thinking', 'tool_choice', 'messages'] as const

export type PromptSection = (typeof SECTIONS)[number]

/** Above what a request may have of items in a turn, and of turns. */
const MOST_ITEMS = 2 ** 22
const MOST_TURNS = 2 ** 24

const RANKS = Object.fromEntries(SECTIONS.map((section, rank) => [section, rank])) as Readonly<Record<PromptSection, number>>

/** A place in a prompt as a number that grows in the order of reading. Indices count from 0; -1: it is the whole of what is around it. */
export function promptPlace(section: PromptSection, turn = -1, item = -1): number {
  return (RANKS[section] * MOST_TURNS + turn + 1) * MOST_ITEMS + item + 1
}

/** A place as a path: `model`, `system[0]`, `messages[3]`, `messages[3].content[0]`. */
export function promptPath(place: number): string {
  const item = (place % MOST_ITEMS) - 1
  const rest = Math.floor(place / MOST_ITEMS)
  const turn = (rest % MOST_TURNS) - 1
  const section = SECTIONS[Math.floor(rest / MOST_TURNS)] ?? ''
  if (turn < 0) return item < 0 ? section : `${section}[${item}]`
  return item < 0 ? `${section}[${turn}]` : `${section}[${turn}].content[${item}]`
}

/** Parts in the order in which models read them: of each its place and a hash, and no word. Lists of numbers, since thousands of prompts are kept. */
export class PartList {
  private readonly places: number[]
  private readonly hashes: number[]

  constructor(places: number[] = [], hashes: number[] = []) {
    this.places = places
    this.hashes = hashes
  }

  get length(): number {
    return this.hashes.length
  }

  add(place: number, hash: number): void {
    this.places.push(place)
    this.hashes.push(hash)
  }

  /** The place of a part; undefined: there is none at this index. */
  placeAt(index: number): number | undefined {
    return this.places[index]
  }

  /** The index of the first part that is another than there, or that only one of both has; undefined: they are the same. */
  firstDifference(others: PartList): number | undefined {
    const length = Math.max(this.length, others.length)
    for (let index = 0; index < length; index++)
      if (this.hashes[index] !== others.hashes[index] || this.places[index] !== others.places[index]) return index
    return undefined
  }

  /** How many parts are the same at the same index. */
  commonWith(others: PartList): number {
    let count = 0
    for (let index = 0; index < this.length; index++) if (this.hashes[index] === others.hashes[index]) count++
    return count
  }

  /** The first parts, no more than `most`. */
  first(most: number): PartList {
    return this.length <= most ? this : new PartList(this.places.slice(0, most), this.hashes.slice(0, most))
  }
}

/** A prompt in parts. */
export interface PromptParts {
  /** What comes before the conversation, and what of the settings it hangs on. */
  readonly head: PartList
  readonly messages: PartList
  /** The model has spoken in it: an earlier request asked for its beginning. */
  readonly isContinued: boolean
}
