import { within } from '../core/within.ts'
import { type ApiKey, findKey, type KeySet, NO_KEYS, parseKeySet } from './key-set.ts'
import type { KeySource } from './key-source.ts'

export interface KeyStoreOptions {
  readonly source: KeySource
  /** Milliseconds between two readings in the background; the default is one minute. */
  readonly refreshMs?: number
  /** At least so many milliseconds between two readings that an unknown key causes. */
  readonly unknownKeyMs?: number
  /** Nobody waits longer than this for a reading. Milliseconds; default: 5 seconds. */
  readonly waitMs?: number
  readonly now?: () => number
  /** Called when a reading fails; the last good set stays in use. */
  readonly onError: (error: Error) => void
}

class LateKeys extends Error {}

/** The keys in force. `reason` says why there are none yet. */
export interface KeyStore {
  /** A promise only when the keys have to be read first. */
  find(presented: string): ApiKey | undefined | Promise<ApiKey | undefined>
  load(): Promise<void>
  readonly reason: string | undefined
  close(): void
}

/**
 * Keeps the key set of one source: read at start, again every minute, and at once when an unknown key comes
 * (single flight, at most every five seconds), so that a rotated key works without a restart.
 */
export function createKeyStore(options: KeyStoreOptions): KeyStore {
  const { source, onError, refreshMs = 60_000, unknownKeyMs = 5_000, waitMs = 5_000, now = Date.now } = options
  let keys: KeySet | undefined
  let reason: string | undefined = `${source.name} has not been read yet`
  let reading: Promise<void> | undefined
  let lastRead = Number.NEGATIVE_INFINITY
  let timer: NodeJS.Timeout | undefined

  async function read(): Promise<void> {
    lastRead = now()
    try {
      keys = parseKeySet(await source.load(), source.name)
      reason = undefined
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause))
      if (keys === undefined) reason = error.message
      onError(error)
    }
  }

  function load(): Promise<void> {
    reading ??= read().finally(() => {
      reading = undefined
    })
    if (source.refreshable && timer === undefined) timer = setInterval(load, refreshMs).unref()
    return reading
  }

  return {
    find(presented) {
      const known = findKey(keys ?? NO_KEYS, presented, now())
      if (known !== undefined) return known
      if (reading === undefined && now() - lastRead < unknownKeyMs) return undefined
      if (keys !== undefined && !source.refreshable) return undefined
      const find = () => findKey(keys ?? NO_KEYS, presented, now())
      return within(load(), { ms: waitMs, late: () => new LateKeys() }).then(find, find) // `reason` tells why there are none
    },
    load,
    get reason() {
      return reason
    },
    close() {
      clearInterval(timer)
    }
  }
}
