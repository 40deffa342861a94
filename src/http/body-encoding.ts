import type { Readable, Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import { GatewayError } from '../errors.ts'

/** The encodings that a body may come in (RFC 9110, 8.4.1; zstd: RFC 8878). */
const DECODERS: ReadonlyMap<string, () => Transform> = new Map([
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['deflate', () => createInflate()],
  ['br', () => createBrotliDecompress()],
  ['zstd', () => createZstdDecompress()]
])

/** Whoever needs more than this has made a mistake, or means harm. */
const MOST_ENCODINGS = 2
const SHOWN = 40

/**
 * The streams that undo the encodings of a body, in the order they are to be undone; empty where it comes as it is.
 * Throws 415 that names an encoding nobody here knows.
 */
export function bodyDecoders(header: string | undefined): readonly Transform[] {
  if (header === undefined) return []
  const names = header
    .split(',', MOST_ENCODINGS + 2)
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity')
  if (names.length > MOST_ENCODINGS)
    throw new GatewayError('unsupported_media_type', `A body may have at most ${MOST_ENCODINGS} content-encodings.`)
  return names.reverse().map((name) => {
    const decoder = DECODERS.get(name)
    if (decoder !== undefined) return decoder()
    const shown = /^[\w-]+$/.test(name) ? ` '${name.slice(0, SHOWN)}'` : ''
    throw new GatewayError(
      'unsupported_media_type',
      `The content-encoding${shown} is not known; send the body as it is, or in gzip, deflate, br or zstd.`
    )
  })
}

/** The bytes of a body without its encodings. An error of any of its streams ends the last one with it. */
export function decoded(body: Readable, decoders: readonly Transform[]): Readable {
  return decoders.reduce<Readable>((from, into) => {
    from.once('error', (error) => into.destroy(error))
    into.once('close', () => from.destroyed || from.unpipe(into))
    return from.pipe(into)
  }, body)
}
