/** Finds where one JSON object ends, over text that comes in pieces and begins with the object's brace. */
export interface JsonEnd {
  /** The place behind the object's last brace in this piece; -1: it has not ended yet. */
  find(piece: string): number
}

/** Starts before an object. Braces inside strings do not count. */
export function createJsonEnd(): JsonEnd {
  let depth = 0
  let inString = false
  let escaped = false

  function ends(char: string): boolean {
    if (inString) {
      if (escaped) escaped = false
      else if (char === '\\') escaped = true
      else if (char === '"') inString = false
      return false
    }
    if (char === '"') inString = true
    else if (char === '{' || char === '[') depth++
    else if (char === '}' || char === ']') depth--
    else return false
    return depth === 0 && !inString
  }

  return {
    find(piece) {
      for (let at = 0; at < piece.length; at++) if (ends(piece[at] ?? '')) return at + 1
      return -1
    }
  }
}
