const QUOTE = 0x22
const BACKSLASH = 0x5c

/** A native search costs as much as looking at so many bytes; names of members are shorter. */
const NEAR_BYTES = 32
/** So many are looked at behind an escaped quote: where there is one there are more, and a search for each would take far longer. */
const NEAR_ESCAPE_BYTES = 256

/**
 * The place of the quote that ends a string of JSON, in bytes; `start` is behind the one that begins it. The end of the bytes where there is
 * none, which the parser will tell. An image of many megabytes is skipped by a native search.
 */
export function endOfString(json: Buffer, start: number): number {
  let at = start
  for (let near = NEAR_BYTES; ; near = NEAR_ESCAPE_BYTES) {
    const until = Math.min(json.length, at + near)
    for (; at < until; at++) {
      if (json[at] === QUOTE) return at
      if (json[at] === BACKSLASH) at++
    }
    // Whatever is escaped before this place is behind us.
    const from = at
    at = json.indexOf(QUOTE, from)
    if (at < 0) return json.length
    let slashes = 0
    while (at - 1 - slashes >= from && json[at - 1 - slashes] === BACKSLASH) slashes++
    if (slashes % 2 === 0) return at
    at++
  }
}
