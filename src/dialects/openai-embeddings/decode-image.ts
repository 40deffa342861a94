import type { EmbeddingImage } from '../../core/embedding.ts'
import { IMAGE_NAMES, type ImageFormat, isUsableImage, typeOfBytes } from '../../core/media-type.ts'
import { GatewayError } from '../../errors.ts'
import { isDataUrl, parseDataUrl } from '../openai/data-url.ts'

const IMAGE_URL = /^data:image\/[\w.+-]+[;,]/i
const LONGEST_TYPE = 128

/** Whether a text is meant as an image: a data URL of any image type, whatever else stands in its head. */
export function isImageUrl(text: string): boolean {
  return IMAGE_URL.test(text.slice(0, LONGEST_TYPE))
}

/** Reads a data URL. The declared type is not trusted; the bytes tell. */
export function decodeImage(url: string, path: string): EmbeddingImage {
  if (!isDataUrl(url))
    throw new GatewayError('invalid_image', `'${path}' must be an image as a data URL: data:image/png;base64,...`, {
      param: path
    })
  const data = parseDataUrl(url)?.base64
  const type = data === undefined ? undefined : typeOfBytes(data)
  if (data === undefined || type === undefined || !isUsableImage(type))
    throw new GatewayError('invalid_image', `'${path}' must hold a ${IMAGE_NAMES} image in base64`, { param: path })
  return { type: 'image', format: type.format as ImageFormat, data }
}
