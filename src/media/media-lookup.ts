import { type LookupAddress, type LookupOptions, promises } from 'node:dns'

/**
 * Finds the addresses of names that callers choose, away from the four threads in which the system's own look-up runs, for Bedrock's
 * name and for files too: names that nobody answers for would fill them. So DNS is asked over its own sockets first; the system, which
 * knows the hosts file and the search domains too, only for names that DNS has said not to know, and for two at a time.
 */
export type MediaLookup = (hostname: string, options: LookupOptions) => Promise<readonly LookupAddress[]>

const DNS = { timeout: 2000, tries: 2 }
/** Halves the threads at most. */
const SYSTEM_AT_ONCE = 2
/** DNS has answered, or there is none to ask: the system may know more. */
const UNKNOWN = new Set(['ENOTFOUND', 'ENODATA', 'ECONNREFUSED', 'EBADNAME', 'EREFUSED', 'ENOTIMP', 'ESERVFAIL'])

/** `servers`: `address:port` of those to ask; default: those of the system. */
export function createMediaLookup(servers?: readonly string[]): MediaLookup {
  const resolver = new promises.Resolver(DNS)
  if (servers !== undefined) resolver.setServers(servers)
  const turns = createTurns(SYSTEM_AT_ONCE)
  return async (hostname, options) => {
    const [four, six] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)])
    const found = [...addressesOf(four, 4), ...addressesOf(six, 6)].filter(({ family }) => fits(family, options.family))
    if (found.length > 0) return found
    const failure = four.status === 'rejected' ? four.reason : six.status === 'rejected' ? six.reason : undefined
    if (failure !== undefined && !UNKNOWN.has(codeOf(failure))) throw failure
    return turns(() => promises.lookup(hostname, { ...options, all: true }))
  }
}

/** Runs so many pieces of work at a time, the others in the order they came. */
function createTurns(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve))
    else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
}

function addressesOf(outcome: PromiseSettledResult<string[]>, family: 4 | 6): LookupAddress[] {
  return outcome.status === 'fulfilled' ? outcome.value.map((address) => ({ address, family })) : []
}

function fits(family: number, wanted: LookupOptions['family']): boolean {
  return wanted === undefined || wanted === 0 || wanted === family || wanted === `IPv${family}`
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}
