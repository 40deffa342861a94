import { configuredRegions } from '../aws/regions.ts'
import { sdkHandler } from '../aws/sdk-http.ts'
import type { Config } from '../config.ts'
import type { ResponseStore } from '../state/response-store.ts'
import { createMemoryStore } from './memory-store.ts'
import { createS3Store } from './s3-store.ts'
import { createValkeyStore } from './valkey-store.ts'

const DAY_MS = 86_400_000

/** The store that the operator has chosen; undefined: none. Nothing is loaded or opened before it is used. */
export function openStore(config: Config, onError: (error: unknown) => void): ResponseStore | undefined {
  const { store, memoryBytes, ttlDays } = config.responses
  const ttlMs = ttlDays * DAY_MS
  if (store === 'off') return undefined
  if (store === 'memory') return createMemoryStore({ maxBytes: memoryBytes, ttlMs })
  if (store === 'redis') return createValkeyStore({ url: config.limits.redisUrl ?? '', ttlMs, onError })
  const [bucket = '', ...steps] = store.slice('s3://'.length).split('/')
  const prefix = steps.filter((step) => step !== '').join('/')
  const [region] = configuredRegions(config)
  return createS3Store({
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
    ...(region === undefined ? {} : { region }),
    handler: () => sdkHandler(config),
    ttlMs
  })
}
