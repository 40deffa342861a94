/** Milliseconds of the machine's monotonic clock, the same in every process, so that one may stamp and another compare. */
export function machineNow(): number {
  const [seconds, nanos] = process.hrtime()
  return seconds * 1000 + nanos / 1e6
}

/** A stamp is `@`, twelve digits, a point and three digits: found in a body without knowing what is around it. */
export const STAMP_BYTES = 17
const POINT_AT = 13

/** Writes a time as a stamp. */
export function stamp(ms: number): string {
  return `@${ms.toFixed(3).padStart(STAMP_BYTES - 1, '0')}`
}

/** The place of the next stamp that lies whole within the bytes, or -1. */
export function findStamp(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(0x40, from)
  while (at >= 0 && !isStamp(bytes, at)) at = bytes.indexOf(0x40, at + 1)
  return at
}

/** Reads the stamp that begins at `at`. */
export function readStamp(bytes: Buffer, at: number): number {
  return Number(bytes.toString('latin1', at + 1, at + STAMP_BYTES))
}

// Checksums in event-stream frames hold any byte, so an `@` alone proves nothing.
function isStamp(bytes: Buffer, at: number): boolean {
  if (at + STAMP_BYTES > bytes.length || bytes[at + POINT_AT] !== 0x2e) return false
  for (let i = 1; i < POINT_AT; i++) {
    const digit = bytes[at + i]!
    if (digit < 0x30 || digit > 0x39) return false
  }
  return true
}
