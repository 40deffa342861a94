import type { Redis } from 'iovalkey'

/** Milliseconds: what is asked before a request goes on is not worth a longer wait. */
export const QUICK_COMMAND_MS = 250

export interface ValkeyOptions {
  readonly url: string
  /** Told of a connection that is lost or does not come about, not of each try. */
  readonly onError: (error: unknown) => void
  /** How long a store that is there may take for a command, milliseconds; absent: as long as it takes. */
  readonly commandTimeout?: number
  /** Comes back when the first try has ended, well or not, rather than at once. */
  readonly isAwaited?: true
}

/**
 * Connects to Valkey or Redis. The library is loaded only when this is called. A store that is down never holds up a request: commands
 * fail at once, and the connection is tried again in the background. Never rejects for a store that does not answer.
 */
export async function connectValkey({ url, onError, commandTimeout, isAwaited }: ValkeyOptions): Promise<Redis> {
  const { Redis: Client } = await import('iovalkey')
  const client = new Client(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    ...(commandTimeout === undefined ? {} : { commandTimeout }),
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
  const first = client.connect().catch(() => {}) // the error event has told it
  if (isAwaited) await first
  return client
}
