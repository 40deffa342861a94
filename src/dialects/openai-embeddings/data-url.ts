import type { EmbeddingImage } from '../../core/embedding.ts'
import { GatewayError } from '../../errors.ts'

/** First letters of base64, by the magic bytes of each format. */
const MAGIC = [
  ['iVBORw0KGgo', 'png'],
  ['/9j/', 'jpeg'],
  ['R0lGOD', 'gif'],
  ['UklGR', 'webp']
] as const satisfies readonly (readonly [string, EmbeddingImage['format']])[]

/** Whether a text is meant as an image: a data URL of any image type, whatever else stands in its head. */
export function isDataUrl(text: string): boolean {
  return /^data:image\/[\w.+-]+(;[^,]{0,200})?,/i.test(text)
}

/** Reads a base64 data URL. The declared type is not trusted; the bytes tell. */
export function decodeDataUrl(url: string, path: string): EmbeddingImage {
  const comma = url.indexOf(',')
  if (!isDataUrl(url) || !/;base64$/i.test(url.slice(0, comma)))
    throw new GatewayError('invalid_image', `'${path}' must be an image as a data URL: data:image/png;base64,...`, {
      param: path
    })
  const data = url.slice(comma + 1)
  const format = MAGIC.find(([magic]) => data.startsWith(magic))?.[1]
  if (format === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(data))
    throw new GatewayError('invalid_image', `'${path}' must hold a PNG, JPEG, GIF or WebP image in base64`, { param: path })
  return { type: 'image', format, data }
}
