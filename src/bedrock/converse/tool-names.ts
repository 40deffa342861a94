import { stableHash } from './stable-hash.ts'

const ALLOWED = /^[a-zA-Z0-9_-]{1,64}$/

/** Names of tools in Bedrock's alphabet, and the way back. */
export interface ToolNames {
  /** The name to send for a caller's name; the same one every time. */
  toBedrock(name: string): string
  /** A name of the gateway's own that no caller's tool has. */
  reserve(name: string): string
  /** Bedrock's names to the caller's, only where they differ. */
  readonly toCaller: ReadonlyMap<string, string>
}

/** Makes an empty map. Definitions come first, so that they keep their plain names and history gives way. */
export function createToolNames(): ToolNames {
  const sent = new Map<string, string>()
  const taken = new Set<string>()
  const toCaller = new Map<string, string>()

  function free(name: string): string {
    if (ALLOWED.test(name) && !taken.has(name)) return name
    const plain = name.replace(/[^a-zA-Z0-9_-]/g, '_') || 'tool'
    const candidates = plain.length <= 64 ? [plain] : []
    for (let salt = 0; ; salt++) {
      const candidate = candidates.pop() ?? `${plain.slice(0, 57)}_${shortHash(salt === 0 ? name : `${name}#${salt}`)}`
      if (!taken.has(candidate)) return candidate
    }
  }

  return {
    toCaller,
    toBedrock(name) {
      const known = sent.get(name)
      if (known !== undefined) return known
      const made = free(name)
      sent.set(name, made)
      taken.add(made)
      if (made !== name) toCaller.set(made, name)
      return made
    },
    reserve(name) {
      const made = free(name)
      taken.add(made)
      return made
    }
  }
}

function shortHash(text: string): string {
  return stableHash(text).toString(16).padStart(6, '0').slice(-6)
}
