import type { Picture } from '../../core/image.ts'
import { GatewayError } from '../../errors.ts'

const STARTS: readonly (readonly [format: Picture['format'], begins: (bytes: Buffer) => boolean])[] = [
  ['png', (bytes) => bytes.subarray(0, 4).toString('latin1') === '\x89PNG'],
  ['jpeg', (bytes) => bytes[0] === 0xff && bytes[1] === 0xd8],
  ['webp', (bytes) => bytes.subarray(8, 12).toString('latin1') === 'WEBP']
]

/** A picture by its bytes, whatever its name or type says. Throws a 400 that names `param` where it is none. */
export function pictureOf(bytes: Buffer, param: string): Picture {
  const format = STARTS.find(([, begins]) => begins(bytes))?.[0]
  if (format !== undefined) return { format, data: bytes.toString('base64') }
  throw new GatewayError('invalid_image', `Invalid '${param}': send a picture as PNG, JPEG or WebP.`, { param })
}
