import { randomUUID } from 'node:crypto'
import type { ChainableCommander, Redis } from 'iovalkey'
import type { BudgetStore, Hold } from './budget-store.ts'

export interface ValkeyStoreOptions {
  readonly client: Redis
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** No request runs longer: what a process held that died is free after this. Milliseconds. */
  readonly longestMs: number
}

/** Counters stay so long after their span, for whoever prices them again. Milliseconds. */
const KEEP_MS = 40 * 86_400_000
const PREFIX = 'adit:budget:'

/** All of a key's names end up in one slot of a cluster, by the braces. */
export function storeName(key: string, part: string): string {
  return `${PREFIX}{${encodeURIComponent(key)}}:${part}`
}

/** The name of a key and what is counted of it, from a name in the store. */
export function readStoreName(name: string): { readonly key: string; readonly part: string } | undefined {
  const [, key, part] = /^adit:budget:\{([^}]*)\}:(.+)$/.exec(name) ?? []
  return key === undefined || part === undefined ? undefined : { key: decodeURIComponent(key), part }
}

/**
 * Budgets of all processes that share a Valkey or Redis. Each process writes what its own requests hold as one number, so that a write that
 * was lost is mended by the next; what was spent while the store was away is added when it is back.
 */
export function createValkeyStore({ client, now, longestMs }: ValkeyStoreOptions): BudgetStore {
  const me = randomUUID()
  const held = new Map<string, number>()
  /** Spent, and not counted in the store yet. */
  const owed = new Map<string, { nano: number; readonly endsAt: number }>()
  /** The same of what it was spent on: fields by the hash's name. */
  const owedUses = new Map<string, Map<string, number>>()

  function add(key: string, nano: number): number {
    const sum = Math.max(0, (held.get(key) ?? 0) + nano)
    if (sum === 0) held.delete(key)
    else held.set(key, sum)
    return sum
  }

  /** What this process holds of a key. */
  function writeHeld(step: ChainableCommander, key: string): ChainableCommander {
    const name = storeName(key, 'held')
    const sum = held.get(key) ?? 0
    if (sum === 0) return step.hdel(name, me)
    return step.hset(name, me, `${sum}:${now()}`).pexpire(name, 2 * longestMs)
  }

  function heldByOthers(fields: Readonly<Record<string, string>>): number {
    let sum = 0
    for (const [process, value] of Object.entries(fields)) {
      const [nano = '0', at = '0'] = value.split(':')
      if (process !== me && now() - Number(at) < longestMs) sum += Number(nano)
    }
    return sum
  }

  function owe({ key, spans }: Hold, nano: number, uses: ReadonlyMap<string, number>): void {
    for (const span of spans) {
      const name = storeName(key, span.counter)
      owed.set(name, { nano: nano + (owed.get(name)?.nano ?? 0), endsAt: span.endsAt })
    }
    const name = usesName(key)
    const all = owedUses.get(name) ?? new Map<string, number>()
    for (const [field, amount] of uses) all.set(field, amount + (all.get(field) ?? 0))
    owedUses.set(name, all)
  }

  function usesName(key: string): string {
    return storeName(key, `uses:${new Date(now()).toISOString().slice(0, 10)}`)
  }

  /** Adds what is owed; what does not arrive stays owed. */
  async function payOwed(): Promise<void> {
    if (owed.size === 0 && owedUses.size === 0) return
    const [paid, paidUses] = [[...owed], [...owedUses]]
    owed.clear()
    owedUses.clear()
    const step = client.multi()
    for (const [name, { nano, endsAt }] of paid) step.incrby(name, nano).pexpireat(name, endsAt + KEEP_MS)
    for (const [name, uses] of paidUses) writeUses(step, name, uses)
    try {
      await run(step)
    } catch (error) {
      for (const [name, entry] of paid) owed.set(name, { ...entry, nano: entry.nano + (owed.get(name)?.nano ?? 0) })
      for (const [name, uses] of paidUses) {
        const all = owedUses.get(name) ?? new Map<string, number>()
        for (const [field, amount] of uses) all.set(field, amount + (all.get(field) ?? 0))
        owedUses.set(name, all)
      }
      throw error
    }
  }

  client.on('ready', () => void payOwed().catch(() => {})) // what is not paid now stays owed

  return {
    keepsUses: true,
    async hold({ key, nano, spans }) {
      await payOwed()
      const mine = add(key, nano)
      const names = spans.map((span) => storeName(key, span.counter))
      try {
        const results = await run(
          writeHeld(client.multi(), key)
            .hgetall(storeName(key, 'held'))
            .mget(...names)
        )
        const spent = results.at(-1) as readonly (string | null)[]
        const others = heldByOthers(results.at(-2) as Readonly<Record<string, string>>)
        return { held: others + mine - nano, spent: spent.map(Number) }
      } catch (error) {
        add(key, -nano)
        throw error
      }
    },
    async settle(hold, nano, uses) {
      const { key, spans } = hold
      add(key, -hold.nano)
      const step = writeHeld(client.multi(), key)
      if (nano > 0)
        for (const span of spans) {
          const name = storeName(key, span.counter)
          step.incrby(name, nano).pexpireat(name, span.endsAt + KEEP_MS)
        }
      writeUses(step, usesName(key), uses)
      try {
        await run(step)
      } catch (error) {
        if (nano > 0 || uses.size > 0) owe(hold, nano, uses)
        throw error
      }
    },
    close() {
      client.disconnect()
    }
  }
}

function writeUses(step: ChainableCommander, name: string, uses: ReadonlyMap<string, number>): void {
  for (const [field, amount] of uses) step.hincrby(name, field, amount)
  if (uses.size > 0) step.pexpire(name, KEEP_MS)
}

/** Runs a step as a whole; rejects where any of it failed. */
async function run(step: ChainableCommander): Promise<readonly unknown[]> {
  const results = await step.exec()
  if (results === null) throw new Error('the store did not run the step')
  return results.map(([error, value]) => {
    if (error !== null) throw error
    return value
  })
}
