import { type Readable, Transform, type TransformCallback } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from 'node:zlib'
import { GatewayError } from '../errors.ts'

/** The encodings that a body may come in (RFC 9110, 8.4.1; zstd: RFC 8878). */
const DECODERS: ReadonlyMap<string, () => Transform> = new Map<string, () => Transform>([
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['deflate', () => new Inflate()],
  ['br', () => createBrotliDecompress()],
  ['zstd', () => createZstdDecompress()]
])

/** The low half of the first byte of zlib's format, which says that its method is deflate (RFC 1950, 2.2). */
const IS_DEFLATE = 8

/**
 * `deflate` is zlib's format; some clients send what is in it alone, which servers take too (RFC 9110, 8.4.1.2). The first byte tells
 * them apart: a block of bare deflate never begins so, unless its padding does.
 */
class Inflate extends Transform {
  #inner: Transform | undefined

  override _transform(piece: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (piece.length === 0) return done()
    this.#inner ??= this.#open((piece[0]! & 0x0f) === IS_DEFLATE ? createInflate() : createInflateRaw())
    this.#inner.write(piece, () => done())
  }

  override _flush(done: TransformCallback): void {
    if (this.#inner === undefined) return done()
    this.#inner.once('end', () => done())
    this.#inner.end()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#inner?.destroy()
    done(error)
  }

  #open(inner: Transform): Transform {
    inner.on('data', (piece: Buffer) => this.push(piece))
    inner.on('error', (error) => this.destroy(error))
    return inner
  }
}

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
