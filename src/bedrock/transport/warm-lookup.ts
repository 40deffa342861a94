import { type LookupAddress, lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'

/** Addresses older than this are asked for again, beside the connection that uses them. Milliseconds. */
const FRESH_MS = 30_000

interface Known {
  readonly addresses: readonly LookupAddress[]
  readonly at: number
}

/**
 * A look-up for a few names of our own: only the first of a name is waited for. Later ones get the last good addresses at once, which
 * are asked for again in the background, so that a resolver that is slow, or held up by the names of callers, holds up no call.
 */
export function createWarmLookup(resolve: typeof lookup = lookup, now: () => number = () => performance.now()): LookupFunction {
  const known = new Map<string, Known>()
  const asking = new Set<string>()

  return (hostname, options, callback) => {
    const name = `${hostname} ${options.family ?? 0}`
    const kept = known.get(name)
    const give = (addresses: readonly LookupAddress[]) => {
      const [first] = addresses
      if (options.all === true) callback(null, [...addresses])
      else callback(null, first?.address ?? '', first?.family)
    }
    if (kept !== undefined) give(kept.addresses)
    if (kept !== undefined && (now() - kept.at < FRESH_MS || asking.has(name))) return
    asking.add(name)
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      asking.delete(name)
      if (error === null && addresses.length > 0) known.set(name, { addresses, at: now() })
      if (kept !== undefined) return
      if (error !== null) callback(error, [])
      else give(addresses)
    })
  }
}
