import { Readable } from 'node:stream'
import type { GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3'
import type { SdkHandler } from '../aws/sdk-http.ts'
import type { Expected, Reading, ResponseStore, StoredRecord } from '../state/response-store.ts'
import { ownerHash } from './owner-hash.ts'

export interface S3StoreOptions {
  readonly bucket: string
  /** Empty, or with a slash at its end. */
  readonly prefix: string
  /** Of the gateway; a bucket elsewhere is found by what S3 answers. Absent: the SDK's own rule. */
  readonly region?: string
  readonly handler: () => SdkHandler | undefined
  /** Older objects count as gone, whenever the lifecycle of the bucket takes them away. Milliseconds. */
  readonly ttlMs: number
  readonly now?: () => number
}

/** Objects that one request reads at a time. */
const AT_ONCE = 32

/**
 * Keeps records as objects `{prefix}{owner}/{id}.json`, by the AWS SDK's client, which is loaded with the first of them. S3 reads what was
 * written, and its conditional writes (`If-Match`, `If-None-Match`; AWS, 2024-11) keep two tasks from overwriting each other.
 */
export function createS3Store({ bucket, prefix, region, handler, ttlMs, now = Date.now }: S3StoreOptions): ResponseStore {
  let loaded: ReturnType<typeof load> | undefined

  async function load() {
    const sdk = await import('@aws-sdk/client-s3')
    const requestHandler = handler()
    const client: S3Client = new sdk.S3Client({
      followRegionRedirects: true,
      maxAttempts: 2,
      ...(region === undefined ? {} : { region }),
      ...(requestHandler && { requestHandler })
    })
    return { sdk, client }
  }

  function use(): ReturnType<typeof load> {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined
      throw error
    })
    return loaded
  }

  const place = (owner: string, id: string) => ({ Bucket: bucket, Key: `${prefix}${ownerHash(owner)}/${id}.json` })

  async function read(owner: string, id: string, reading: Reading): Promise<StoredRecord | undefined> {
    const { sdk, client } = await use()
    let found: GetObjectCommandOutput
    try {
      found = await client.send(new sdk.GetObjectCommand(place(owner, id)))
    } catch (error) {
      if (nameOf(error) === 'NoSuchKey') return undefined
      throw error
    }
    const bytes = await bytesOf(found, reading)
    const isOver = (found.LastModified?.getTime() ?? now()) + ttlMs < now()
    return isOver ? undefined : { bytes, version: found.ETag ?? '' }
  }

  return {
    async get(owner, ids, { take, signal }) {
      const records: (StoredRecord | undefined)[] = []
      const ended = new AbortController()
      const reading = { take, signal: AbortSignal.any([signal, ended.signal]) }
      try {
        for (let from = 0; from < ids.length; from += AT_ONCE) {
          signal.throwIfAborted()
          records.push(...(await Promise.all(ids.slice(from, from + AT_ONCE).map((id) => read(owner, id, reading)))))
        }
        return records
      } finally {
        ended.abort() // of one that failed the others are wanted no more, nor is what it has begun to read
      }
    },
    async put(owner, id, bytes, expected) {
      const { sdk, client } = await use()
      const object = { ...place(owner, id), Body: bytes, ContentType: 'application/json', ...conditionOf(expected) }
      try {
        await client.send(new sdk.PutObjectCommand(object))
        return true
      } catch (error) {
        if (expected !== undefined && UNMET.includes(nameOf(error))) return false
        throw error
      }
    },
    async delete(owner, id) {
      const { sdk, client } = await use()
      await client.send(new sdk.DeleteObjectCommand(place(owner, id)))
    },
    close() {
      void loaded?.then(({ client }) => client.destroy())
    }
  }
}

/** Nothing of an object comes before there is room for it. */
async function bytesOf({ Body: body, ContentLength: told = 0 }: GetObjectCommandOutput, reading: Reading): Promise<Uint8Array> {
  if (!(body instanceof Readable)) return new Uint8Array()
  // The SDK's own signal would end a body that nobody reads yet by an error that nobody hears.
  const end = () => body.destroy(new Error('it is wanted no more'))
  try {
    reading.signal.throwIfAborted()
    reading.take(told)
    reading.signal.addEventListener('abort', end)
    const bytes = await body.transformToByteArray()
    reading.take(bytes.length - told)
    return bytes
  } finally {
    reading.signal.removeEventListener('abort', end)
    body.destroy() // of no effect on one that has been read
  }
}

/** How S3 says that a condition does not hold; the second: while another write of the same object was under way; the third: it is gone. */
const UNMET = ['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey']

function conditionOf(expected: Expected | undefined) {
  if (expected === undefined) return {}
  return expected === 'nothing' ? { IfNoneMatch: '*' } : { IfMatch: expected.version }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : ''
}
