const LIMIT = 180

/** Gives each document of a request a name of its own in Bedrock's alphabet. */
export interface DocumentNames {
  next(name: string | undefined): string
}

/**
 * Makes an empty register. Names come from the caller's file names and the order of documents alone, never from chance:
 * a name that changes between two turns breaks the prompt cache. Only later duplicates get a number.
 */
export function createDocumentNames(): DocumentNames {
  const taken = new Set<string>()
  const copies = new Map<string, number>()
  return {
    next(name) {
      const plain = sanitize(name ?? '')
      let made = plain
      let copy = copies.get(plain) ?? 1
      while (taken.has(made)) made = `${plain} (${++copy})`
      copies.set(plain, copy)
      taken.add(made)
      return made
    }
  }
}

function sanitize(name: string): string {
  const base = name.slice(name.lastIndexOf('/') + 1).replace(/\.[a-zA-Z0-9]{1,5}$/, '')
  const plain = base
    .replace(/[^a-zA-Z0-9\-()[\]]+/g, ' ')
    .trim()
    .slice(0, LIMIT)
    .trim()
  return plain === '' ? 'document' : plain
}
