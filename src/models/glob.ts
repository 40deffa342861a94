/**
 * Tells whether a text fits a pattern of `*` (any run of characters) and `?` (one character).
 * Walks both once with one remembered star, so that no pattern of an operator can make it slow.
 */
export function globMatch(pattern: string, text: string): boolean {
  let at = 0
  let star = -1
  let resume = 0
  let index = 0
  while (index < text.length) {
    const wanted = pattern[at]
    if (wanted === '*') {
      star = at++
      resume = index
    } else if (wanted === '?' || (wanted !== undefined && wanted === text[index])) {
      at++
      index++
    } else if (star >= 0) {
      at = star + 1
      index = ++resume
    } else {
      return false
    }
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}

/** Tells a pattern from a plain name. */
export function isGlob(text: string): boolean {
  return text.includes('*') || text.includes('?')
}
