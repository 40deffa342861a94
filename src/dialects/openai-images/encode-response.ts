import type { ImageFormat } from '../../core/image.ts'

export interface ImagesHead {
  /** Seconds since 1970. */
  readonly created: number
  readonly asUrl: boolean
}

/** Pictures as OpenAI's clients read them: base64, or a data URL where an address is wanted. */
export function encodeImages(pictures: readonly string[], { created, asUrl }: ImagesHead): object {
  const data = pictures.map((picture) =>
    asUrl ? { url: `data:image/${formatOf(picture)};base64,${picture}` } : { b64_json: picture }
  )
  const [first] = pictures
  return { created, data, ...(first === undefined ? {} : { output_format: formatOf(first) }) }
}

/** By how its base64 begins. */
function formatOf(picture: string): ImageFormat {
  if (picture.startsWith('/9j/')) return 'jpeg'
  return picture.startsWith('UklGR') ? 'webp' : 'png'
}
