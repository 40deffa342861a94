import { distance } from 'fastest-levenshtein'

/** The known name that a written one was probably meant to be, whatever the case: the longer, the more letters it may be away; undefined: none is. */
export function nearName(written: string, known: Iterable<string>): string | undefined {
  const plain = written.toLowerCase()
  let best: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const name of known) {
    const edits = distance(plain, name.toLowerCase())
    if (edits >= least || edits > mostEdits(Math.min(plain.length, name.length))) continue
    best = name
    least = edits
  }
  return best
}

/** Of short names nearly all are near each other: HOME is no HOST, and PATH no AUTH. */
function mostEdits(length: number): number {
  if (length <= 3) return 0
  if (length <= 5) return 1
  return length <= 12 ? 2 : 3
}
