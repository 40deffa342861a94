import { PNG } from 'pngjs'
import type { Picture } from '../core/image.ts'
import { GatewayError } from '../errors.ts'

/** A PNG of few bytes may claim to be as large as it likes. Pixels. */
const MOST_PIXELS = 4096 * 4096
const SIZE_AT = 16

/**
 * OpenAI's mask, a PNG that is transparent where the picture is to be painted anew, as the mask that Bedrock's models take: white there,
 * black elsewhere. A mask without transparency is one of those already. Throws a 400 that names `mask`.
 */
export function maskOf(mask: Picture): Picture {
  const bytes = Buffer.from(mask.data, 'base64')
  if (mask.format !== 'png' || bytes.length < SIZE_AT + 8) throw notReadable()
  if (bytes.readUInt32BE(SIZE_AT) * bytes.readUInt32BE(SIZE_AT + 4) > MOST_PIXELS) throw notReadable()
  const { width, height, data } = read(bytes)
  const painted = new PNG({ width, height, colorType: 0 })
  let isSeeThrough = false
  for (let at = 0; at < data.length; at += 4) {
    const isNew = data[at + 3]! < 128
    isSeeThrough ||= isNew
    painted.data.fill(isNew ? 255 : 0, at, at + 3)
    painted.data[at + 3] = 255
  }
  if (!isSeeThrough) return mask
  return { format: 'png', data: PNG.sync.write(painted, { colorType: 0 }).toString('base64') }
}

function read(bytes: Buffer): PNG {
  try {
    return PNG.sync.read(bytes)
  } catch (cause) {
    throw notReadable(cause)
  }
}

function notReadable(cause?: unknown): GatewayError {
  return new GatewayError(
    'invalid_image',
    "Invalid 'mask': send a PNG of the picture's size, transparent where it shall change.",
    {
      param: 'mask',
      ...(cause === undefined ? {} : { cause })
    }
  )
}
