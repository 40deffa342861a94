import type { Picture } from '../core/image.ts'
import { GatewayError } from '../errors.ts'
import { greyPng, readAlpha } from './png-alpha.ts'

/** The largest picture that an editing model of Bedrock takes: Stability's, in pixels (its guide in Bedrock's, 2026-11). */
const MOST_PIXELS = 9_437_184

/**
 * OpenAI's mask, a PNG that is transparent where the picture is to be painted anew, as the mask that Bedrock's models take: white there,
 * black elsewhere. A mask without transparency is one of those already. Throws a 400 that names `mask`, and
 * what `hold` throws, which is told of the bytes that it takes.
 */
export async function maskOf(mask: Picture, hold: (bytes: number) => void): Promise<Picture> {
  const alpha = mask.format === 'png' ? await readAlpha(Buffer.from(mask.data, 'base64'), MOST_PIXELS, hold) : undefined
  if (alpha === undefined)
    throw new GatewayError(
      'invalid_image',
      `Invalid 'mask': send a PNG of the picture's size, of ${MOST_PIXELS} pixels at most, transparent where it shall change.`,
      { param: 'mask' }
    )
  return alpha.isSeeThrough ? { format: 'png', data: (await greyPng(alpha)).toString('base64') } : mask
}
