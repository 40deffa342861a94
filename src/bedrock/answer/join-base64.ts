/** Joins pieces of one base64 value, also when each piece was padded for itself. */
export function joinBase64(pieces: readonly string[]): string {
  const joined = pieces.join('')
  const padding = joined.indexOf('=')
  if (padding < 0 || padding >= joined.length - 2) return joined
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64'))).toString('base64')
}
