import { stableHash } from '../../core/stable-hash.ts'

const ALLOWED = /^[a-zA-Z0-9_-]{1,64}$/
const LONGEST = 64

/** Names of tools in Bedrock's alphabet, and the way back. */
export interface ToolNames {
  /** The name to send for a caller's name; the same one every time. */
  toBedrock(name: string): string
  /** A name of the gateway's own that no caller's tool has. */
  reserve(name: string): string
  /** Bedrock's names to the caller's, only where they differ. */
  toCaller(): ReadonlyMap<string, string>
}

interface Known {
  readonly sent: Map<string, string>
  readonly taken: Set<string>
  readonly toCaller: Map<string, string>
}

const NONE: ReadonlyMap<string, string> = new Map()

/** Makes an empty map. Definitions come first, so that they keep their plain names and history gives way. */
export function createToolNames(): ToolNames {
  // Made with the first name: most conversations have none.
  let made: Known | undefined

  function known(): Known {
    made ??= { sent: new Map(), taken: new Set(), toCaller: new Map() }
    return made
  }

  function free(name: string, taken: ReadonlySet<string>): string {
    if (ALLOWED.test(name) && !taken.has(name)) return name
    const plain = name.slice(0, LONGEST + 1).replace(/[^a-zA-Z0-9_-]/g, '_') || 'tool'
    const candidates = plain.length <= LONGEST ? [plain] : []
    for (let salt = 0; ; salt++) {
      const candidate = candidates.pop() ?? `${plain.slice(0, 57)}_${shortHash(salt === 0 ? name : `${name}#${salt}`)}`
      if (!taken.has(candidate)) return candidate
    }
  }

  return {
    toCaller: () => made?.toCaller ?? NONE,
    toBedrock(name) {
      const { sent, taken, toCaller } = known()
      const before = sent.get(name)
      if (before !== undefined) return before
      const sendable = free(name, taken)
      sent.set(name, sendable)
      taken.add(sendable)
      if (sendable !== name) toCaller.set(sendable, name)
      return sendable
    },
    reserve(name) {
      const { taken } = known()
      const sendable = free(name, taken)
      taken.add(sendable)
      return sendable
    }
  }
}

function shortHash(text: string): string {
  return stableHash(text).toString(16).padStart(6, '0').slice(-6)
}
