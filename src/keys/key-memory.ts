import type { Socket } from 'node:net'
import { type ApiKey, isExpired } from './key-set.ts'

/**
 * Remembers for each connection the last header that proved a key, so that a client that asks again over it is not proved again:
 * hashing its key costs more than all else that is done before its request is read.
 */
export interface KeyMemory {
  /** The key that this very header proved before; undefined where it must be proved anew. `edition` is that of the keys in force. */
  recall(socket: Socket, header: string | undefined, edition: object | undefined): ApiKey | undefined
  keep(socket: Socket, header: string | undefined, edition: object | undefined, key: ApiKey): void
}

interface Proven {
  readonly header: string
  readonly edition: object | undefined
  readonly key: ApiKey
}

/** Makes an empty memory; what is kept goes with its connection. */
export function createKeyMemory(now: () => number = Date.now): KeyMemory {
  const proven = new WeakMap<Socket, Proven>()
  return {
    recall(socket, header, edition) {
      const last = proven.get(socket)
      if (last === undefined || header === undefined || last.edition !== edition || !isSame(last.header, header)) return undefined
      return isExpired(last.key, now()) ? undefined : last.key
    },
    keep(socket, header, edition, key) {
      if (header !== undefined) proven.set(socket, { header, edition, key })
    }
  }
}

/** Takes as long wherever two texts differ: a balancer puts requests of many clients on one connection. */
function isSame(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let at = 0; at < a.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at)
  return difference === 0
}
