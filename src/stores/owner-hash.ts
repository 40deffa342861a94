import { createHash } from 'node:crypto'

/** An owner's place in a shared store: names of keys may hold anything, and are nobody's to read there. 32 hexadecimal digits. */
export function ownerHash(owner: string): string {
  return createHash('sha256').update(owner).digest('hex').slice(0, 32)
}
