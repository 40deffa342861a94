import { randomFillSync } from 'node:crypto'

const ID_BYTES = 16
const POOL_BYTES = 256 * ID_BYTES

/** 32 random characters, 0 to 9 and a to f. The system is asked for many at once, since each asking costs more than all else of an id. */
export const randomId = createRandomId()

function createRandomId(): () => string {
  const pool = Buffer.alloc(POOL_BYTES)
  let at = POOL_BYTES
  return () => {
    if (at === POOL_BYTES) {
      randomFillSync(pool)
      at = 0
    }
    at += ID_BYTES
    return pool.toString('hex', at - ID_BYTES, at)
  }
}
