/** What can stand in an open set. `place` is the set's own: it is set and read by nobody else. */
export interface OpenMember {
  place: number
}

/** The place of what stands in no open set. */
export const NOWHERE = -1

/**
 * Everything that is open at the moment, in no order. Adding and removing take the same few steps for one as for thousands.
 *
 * It stands for a `Set` or a `Map`, which hold garbage when much comes and goes: their tables are made anew after so many removals, and a
 * table that the garbage collector has moved among the old objects keeps all that stood in it, and the table after it, alive until the
 * next full collection. With one entry for each request that is most of all requests.
 */
export class OpenSet<T extends OpenMember> {
  private readonly members: T[] = []

  get size(): number {
    return this.members.length
  }

  add(one: T): void {
    one.place = this.members.push(one) - 1
  }

  /** Of no effect for what does not stand in it. */
  remove(one: T): void {
    const { members } = this
    if (members[one.place] !== one) return
    const last = members.pop()!
    if (last !== one) {
      members[one.place] = last
      last.place = one.place
    }
    one.place = NOWHERE
  }

  /** Who stands in it now; what comes and goes meanwhile does not change the list. */
  list(): readonly T[] {
    return [...this.members]
  }
}
