import { randomBytes } from 'node:crypto'
import type { Redis } from 'iovalkey'
import type { ResponseStore, StoredRecord } from '../state/response-store.ts'
import { connectValkey } from './connect-valkey.ts'
import { ownerHash } from './owner-hash.ts'

export interface ValkeyStoreOptions {
  readonly url: string
  /** Milliseconds since its last put. */
  readonly ttlMs: number
  /** Told of a connection that is lost or does not come about, not of each try. */
  readonly onError: (error: unknown) => void
}

/** A value begins with its version. Bytes. */
const VERSION_BYTES = 16

/** Puts ARGV[2] if the value begins with ARGV[1]; empty: if there is none. */
const PUT_IF = `local version = redis.call('getrange', KEYS[1], 0, ${VERSION_BYTES - 1})
if version ~= ARGV[1] then return 0 end
redis.call('set', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`

/** Keeps records in Valkey or Redis. Whether they last is that server's matter: what it evicts is gone. */
export function createValkeyStore({ url, ttlMs, onError }: ValkeyStoreOptions): ResponseStore {
  let connecting: Promise<Redis> | undefined
  const use = () => {
    connecting ??= connectValkey({ url, onError, isAwaited: true })
    return connecting
  }
  const place = (owner: string, id: string) => `adit:responses:{${ownerHash(owner)}}:${id}`

  async function read(client: Redis, key: string): Promise<StoredRecord | undefined> {
    const value = await client.getBuffer(key)
    if (value === null) return undefined
    return { bytes: value.subarray(VERSION_BYTES), version: value.subarray(0, VERSION_BYTES).toString('latin1') }
  }

  return {
    async get(owner, ids, { take }) {
      const client = await use()
      const keys = ids.map((id) => place(owner, id))
      const sizes = await Promise.all(keys.map((key) => client.strlen(key)))
      take(sizes.reduce((sum, size) => sum + size, 0))
      return Promise.all(keys.map((key) => read(client, key)))
    },
    async put(owner, id, bytes, expected) {
      const client = await use()
      const value = Buffer.concat([Buffer.from(randomBytes(VERSION_BYTES / 2).toString('hex')), bytes])
      const key = place(owner, id)
      if (expected === undefined) {
        await client.set(key, value, 'PX', ttlMs)
        return true
      }
      const version = expected === 'nothing' ? '' : expected.version
      return (await client.eval(PUT_IF, 1, key, version, value, ttlMs)) === 1
    },
    async delete(owner, id) {
      const client = await use()
      await client.del(place(owner, id))
    },
    close() {
      void connecting?.then((client) => client.disconnect())
    }
  }
}
