/** What JSON inside the strings of one request may be made of in all; the same as for its body. */
const MOST = { parts: 100_000, items: 500_000 } as const

/**
 * Room for the JSON that the strings of one request hold (arguments of calls): parsing a few megabytes of brackets takes more memory than
 * a container has. Texts that together are shorter than what is allowed cannot exceed it, and are not looked at.
 */
export class JsonRoom {
  private unread = MOST.parts
  private parts = MOST.parts
  private items = MOST.items

  /** Whether a text may be parsed; it counts from then on. */
  take(text: string): boolean {
    if (text.length <= this.unread) {
      this.unread -= text.length
      return true
    }
    let { parts, items } = this
    let inString = false
    for (let at = 0; at < text.length && parts >= 0 && items >= 0; at++) {
      const code = text.charCodeAt(at)
      if (code === QUOTE) inString = !inString
      else if (inString) {
        if (code === BACKSLASH) at++
      } else if (code === OPEN_LIST || code === OPEN_OBJECT || code === COLON) parts--
      else if (code === COMMA) items--
    }
    if (parts < 0 || items < 0) return false
    this.parts = parts
    this.items = items
    return true
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const OPEN_OBJECT = 0x7b
const COLON = 0x3a
const COMMA = 0x2c
