import type { CoreField } from '../../core/field.ts'
import type { ImageRequest, PictureKind } from '../../core/image.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { Warning } from '../../core/warning.ts'
import { GatewayError } from '../../errors.ts'
import type { ImageCall, ImageCodec } from './image-codec.ts'

/** Sizes of Titan Image Generator (AWS's inference parameters, 2026-01); every other one is refused by the model. */
const SIZES = [
  [1024, 1024],
  [768, 768],
  [512, 512],
  [768, 1152],
  [384, 576],
  [1152, 768],
  [576, 384],
  [768, 1280],
  [384, 640],
  [1280, 768],
  [640, 384],
  [896, 1152],
  [448, 576],
  [1152, 896],
  [576, 448],
  [768, 1408],
  [384, 704],
  [1408, 768],
  [704, 384],
  [640, 1408],
  [320, 704],
  [1408, 640],
  [704, 320],
  [1152, 640],
  [1173, 640]
] as const

/** Titan Image Generator: up to five pictures of one call, at sizes of its own. */
export const TITAN_IMAGE: ImageCodec = {
  source: 'may',
  most: 5,
  encode(request, count): ImageCall {
    const { width, height, isExact } = nearestSize(request.size)
    const { cfgScale, seed } = request.extraFields
    const settings: JsonObject = {
      numberOfImages: count,
      quality: request.quality === 'high' ? 'premium' : 'standard',
      ...(cfgScale === undefined ? {} : { cfgScale }),
      ...(seed === undefined ? {} : { seed })
    }
    const imageGenerationConfig = request.mask === undefined ? { ...settings, width, height } : settings
    return { body: { ...taskOf(request), imageGenerationConfig }, warnings: leftOut(request, isExact) }
  },
  decode({ images, error }) {
    const list: readonly Json[] = Array.isArray(images) ? images : []
    const pictures = list.filter((image): image is string => typeof image === 'string')
    return { pictures, filtered: typeof error === 'string' ? error : undefined }
  }
}

/**
 * What pictures a body of Titan Image Generator asks for, by the model's own defaults (AWS's inference parameters, 2026-01); undefined: it
 * is no such body. What changes a picture without naming a size keeps that of the picture.
 */
export function askedPicture({ taskType, imageGenerationConfig: config }: JsonObject): PictureKind | undefined {
  if (typeof taskType !== 'string') return undefined
  const { width, height, quality } = isJsonObject(config) ? config : {}
  const usual = taskType === 'TEXT_IMAGE' ? 1024 : undefined
  const pixels = Number(width ?? usual) * Number(height ?? usual)
  return { quality: quality === 'premium' ? quality : 'standard', ...(Number.isNaN(pixels) ? {} : { pixels }) }
}

function taskOf({ prompt, source, mask, extraFields }: ImageRequest): JsonObject {
  const negative = extraFields.negative_prompt
  const negativeText = negative === undefined ? {} : { negativeText: negative }
  const text = prompt === '' ? {} : { text: prompt }
  if (source === undefined) return { taskType: 'TEXT_IMAGE', textToImageParams: { ...text, ...negativeText } }
  if (mask !== undefined) {
    // Titan paints where its own mask is black, the other way round.
    throw new GatewayError('unsupported_value', 'This model takes no mask here; name a model of Stability that inpaints.', {
      field: 'picture.mask'
    })
  }
  return { taskType: 'IMAGE_VARIATION', imageVariationParams: { ...text, ...negativeText, images: [source.data] } }
}

function nearestSize(size: ImageRequest['size']): { readonly width: number; readonly height: number; readonly isExact: boolean } {
  const [usual] = SIZES
  if (size === undefined) return { width: usual[0], height: usual[1], isExact: true }
  const off = ([width, height]: readonly [number, number]) =>
    Math.abs(Math.log((width / height) * (size.height / size.width))) * 4 +
    Math.abs(Math.log((width * height) / (size.width * size.height)))
  const best = SIZES.reduce<readonly [number, number]>((one, other) => (off(other) < off(one) ? other : one), usual)
  return { width: best[0], height: best[1], isExact: best[0] === size.width && best[1] === size.height }
}

function leftOut({ format, transparent }: ImageRequest, isExact: boolean): readonly Warning[] {
  return [
    ...(isExact ? [] : [warning('picture.size', 'the model has sizes of its own')]),
    ...(format === undefined || format === 'png' ? [] : [warning('picture.format', 'the model writes PNG')]),
    ...(transparent ? [warning('picture.background', 'the model fills the whole picture')] : [])
  ]
}

function warning(field: CoreField, reason: string): Warning {
  return { field, reason }
}
