import type { Redis } from 'iovalkey'

/** A limit is not worth a longer wait. */
const COMMAND_TIMEOUT_MS = 250

/**
 * Connects to Valkey or Redis, for limits that hold for all tasks. The library is loaded only when a URL is set.
 * A store that is down never holds up a request: commands fail at once and the connection is tried again in the background.
 * `commandTimeout`: how long a store that is there may take, milliseconds.
 */
export async function connectStore(
  url: string,
  onError: (error: unknown) => void,
  commandTimeout = COMMAND_TIMEOUT_MS
): Promise<Redis> {
  const { Redis: Client } = await import('iovalkey')
  const client = new Client(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout,
    connectTimeout: 2000,
    retryStrategy: (tries) => Math.min(tries * 200, 5000)
  })
  let told = false
  client.on('error', (error) => {
    if (!told) onError(error)
    told = true
  })
  client.on('ready', () => {
    told = false
  })
  client.connect().catch(() => {}) // the error event has told it
  return client
}
