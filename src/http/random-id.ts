import { randomFillSync } from 'node:crypto'

const ID_BYTES = 16
/** Filled anew when all of it is used: a call for each id costs more than the id. */
const pool = Buffer.alloc(256 * ID_BYTES)
let at = pool.length

/** 32 random hexadecimal digits. */
export function randomId(): string {
  if (at === pool.length) {
    randomFillSync(pool)
    at = 0
  }
  at += ID_BYTES
  return pool.toString('hex', at - ID_BYTES, at)
}
