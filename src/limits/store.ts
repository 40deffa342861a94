import type { Redis } from 'iovalkey'

/**
 * Connects to Valkey or Redis, for limits that hold for all tasks. The library is loaded only when a URL is set.
 * A store that is down never holds up a request: commands fail at once and the connection is tried again in the background.
 */
export async function connectStore(url: string, onError: (error: unknown) => void): Promise<Redis> {
  const { Redis: Client } = await import('iovalkey')
  const client = new Client(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 250,
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
