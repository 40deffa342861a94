import type { CoreField } from '../../core/field.ts'
import type { ImageRequest } from '../../core/image.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { Warning } from '../../core/warning.ts'
import type { ImageCall, ImageCodec, MadeImages } from './image-codec.ts'

/** Aspect ratios of Stability's models (AWS's inference parameters, 2026-07); a picture has about a million pixels. */
const RATIOS = ['1:1', '3:2', '2:3', '5:4', '4:5', '16:9', '9:16', '21:9', '9:21'] as const

/** How much of a picture an image-to-image call may change, where the caller does not say. */
const USUAL_STRENGTH = 0.7

function ratioOf(name: string): number {
  const [width = 1, height = 1] = name.split(':').map(Number)
  return width / height
}

/** The ratio that is nearest to a size. */
function nearestRatio({ width, height }: { readonly width: number; readonly height: number }): string {
  const off = (name: string) => Math.abs(Math.log(width / height / ratioOf(name)))
  return RATIOS.reduce((best, name) => (off(name) < off(best) ? name : best))
}

function common({ prompt, format, extraFields }: ImageRequest): JsonObject {
  return { ...extraFields, ...(prompt === '' ? {} : { prompt }), output_format: format ?? 'png' }
}

/** What no model of Stability has a place for. */
function leftOut({ size, quality, transparent }: ImageRequest, isSized: boolean): readonly Warning[] {
  const isExact = size === undefined || (isSized && size.width === 1024 && size.height === 1024)
  return [
    ...(isExact ? [] : [warning('picture.size', 'the model knows shapes, not sizes')]),
    ...(quality === 'high' ? [warning('picture.quality', 'the model has one quality')] : []),
    ...(transparent ? [warning('picture.background', 'the model fills the whole picture')] : [])
  ]
}

function decode({ images, finish_reasons: reasons }: JsonObject): MadeImages {
  const list: readonly Json[] = Array.isArray(images) ? images : []
  const why: readonly Json[] = Array.isArray(reasons) ? reasons : []
  const filtered = why.find((reason) => typeof reason === 'string')
  const pictures = list.filter((image, at): image is string => typeof image === 'string' && typeof why[at] !== 'string')
  return { pictures, filtered: typeof filtered === 'string' ? filtered : undefined }
}

/** Words to a picture, and with `source: 'may'` a picture to another. */
function textToImage(source: 'never' | 'may'): ImageCodec {
  return {
    source,
    most: 1,
    decode,
    encode(request): ImageCall {
      const { source: given, size, prompt } = request
      if (given === undefined) {
        const aspect = size === undefined ? {} : { aspect_ratio: nearestRatio(size) }
        return { body: { ...common(request), ...aspect }, warnings: leftOut(request, true) }
      }
      const image = { mode: 'image-to-image', image: given.data, strength: USUAL_STRENGTH }
      const words = prompt === '' ? { prompt: 'Another version of this picture' } : {}
      return { body: { ...image, ...common(request), ...words }, warnings: leftOut(request, false) }
    }
  }
}

/** Changes a picture: paints a part anew, takes its background away, and the like. */
function edit(source: 'masked' | 'always'): ImageCodec {
  return {
    source,
    most: 1,
    decode,
    encode(request): ImageCall {
      const { source: given, mask } = request
      const pictures = {
        ...(given === undefined ? {} : { image: given.data }),
        ...(mask === undefined ? {} : { mask: mask.data })
      }
      return { body: { ...common(request), ...pictures }, warnings: leftOut(request, false) }
    }
  }
}

/** Takes the background away, by no words. */
const REMOVE_BACKGROUND: ImageCodec = {
  ...edit('always'),
  encode: ({ source, format }): ImageCall => ({
    body: { ...(source === undefined ? {} : { image: source.data }), output_format: format === 'webp' ? 'webp' : 'png' },
    warnings: []
  })
}

/** Stability's models by their base ids; the first that fits. */
export const STABILITY: readonly (readonly [pattern: RegExp, codec: ImageCodec])[] = [
  [/^stability\.stable-image-core-/, textToImage('never')],
  [/^stability\.(?:stable-image-ultra|sd3)-/, textToImage('may')],
  [/^stability\.stable-image-(?:inpaint|erase-object)-/, edit('masked')],
  [/^stability\.stable-image-remove-background-/, REMOVE_BACKGROUND],
  [/^stability\.stable-/, edit('always')]
]

function warning(field: CoreField, reason: string): Warning {
  return { field, reason }
}
