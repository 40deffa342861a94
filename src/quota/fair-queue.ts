/** Whoever waits, for whom, and how much it takes. */
export interface Waiting {
  readonly owner: string
  readonly cost: number
}

interface Lane<T> {
  /** Where its next one stands on the common scale. */
  tag: number
  readonly items: T[]
  /** Sum of what waits in it. */
  cost: number
}

/** Lanes that nobody waits in are forgotten beyond this. */
const MOST_IDLE_LANES = 100

/**
 * Serves owners in turn by what they take, each one's own in their order: an owner who floods gets no more than its share, and one who
 * comes now and then stands at the head (start-time fair queueing).
 */
export class FairQueue<T extends Waiting> {
  size = 0
  private readonly lanes = new Map<string, Lane<T>>()
  private served = 0

  /** `atHead`: before its owner's others, and before those of all owners who have been served more. */
  push(item: T, atHead = false): void {
    const lane = this.laneOf(item.owner)
    if (lane.items.length === 0) lane.tag = Math.max(lane.tag, this.served)
    if (atHead) {
      lane.tag = Math.min(lane.tag, this.served)
      lane.items.unshift(item)
    } else lane.items.push(item)
    lane.cost += item.cost
    this.size++
  }

  private laneOf(owner: string): Lane<T> {
    const known = this.lanes.get(owner)
    if (known !== undefined) return known
    if (this.lanes.size > MOST_IDLE_LANES)
      for (const [name, lane] of this.lanes) if (lane.items.length === 0 && lane.tag <= this.served) this.lanes.delete(name)
    const made = { tag: this.served, items: [], cost: 0 }
    this.lanes.set(owner, made)
    return made
  }

  /** Whose turn it is; undefined: nobody waits. */
  peek(): T | undefined {
    return this.next()?.items[0]
  }

  private next(): Lane<T> | undefined {
    let first: Lane<T> | undefined
    for (const lane of this.lanes.values())
      if (lane.items.length > 0 && (first === undefined || lane.tag < first.tag)) first = lane
    return first
  }

  shift(): T | undefined {
    const lane = this.next()
    const item = lane?.items.shift()
    if (lane === undefined || item === undefined) return undefined
    this.served = lane.tag
    lane.tag += item.cost
    lane.cost -= item.cost
    this.size--
    return item
  }

  remove(item: T): void {
    const lane = this.lanes.get(item.owner)
    const index = lane?.items.indexOf(item) ?? -1
    if (lane === undefined || index < 0) return
    lane.items.splice(index, 1)
    lane.cost -= item.cost
    this.size--
  }

  /** What waits before one more of this owner would be served, if all owners go on as they are. */
  ahead(owner: string): number {
    const own = this.lanes.get(owner)?.cost ?? 0
    let all = 0
    for (const lane of this.lanes.values()) all += Math.min(lane.cost, own + lane.cost / Math.max(1, lane.items.length))
    return all
  }
}
