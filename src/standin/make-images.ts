import { modelRefuses } from './refusal.ts'
import { blob, type Check, list, number, oneOf, struct, text } from './shape.ts'

const malformed = (why: string) => modelRefuses(`Malformed input request: ${why}, please reformat your input and try again.`)

type Body = Readonly<Record<string, unknown>>

/** A picture of one pixel, in the form that is asked for. */
const PICTURES: Readonly<Record<string, string>> = {
  png: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  jpeg: '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=',
  webp: 'UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=='
}

const COMMON: Readonly<Record<string, Check>> = {
  prompt: text({ min: 1, max: 10_000 }),
  negative_prompt: text({ max: 10_000 }),
  seed: number({ integer: true, min: 0, max: 4_294_967_295 }),
  output_format: oneOf('png', 'jpeg', 'webp')
}
const SHAPED: Readonly<Record<string, Check>> = {
  ...COMMON,
  mode: oneOf('text-to-image', 'image-to-image'),
  aspect_ratio: oneOf('16:9', '1:1', '21:9', '2:3', '3:2', '4:5', '5:4', '9:16', '9:21')
}
const CHANGED: Readonly<Record<string, Check>> = { ...SHAPED, image: blob, strength: number({ min: 0, max: 1 }) }
const EDITED: Readonly<Record<string, Check>> = { ...COMMON, image: blob, style_preset: text() }

/** What each model's body must have, and may. */
const MODELS: readonly (readonly [id: string, members: Readonly<Record<string, Check>>, required: readonly string[]])[] = [
  ['stability.stable-image-core', SHAPED, ['prompt']],
  ['stability.stable-image-ultra', CHANGED, ['prompt']],
  ['stability.sd3-5-large', CHANGED, ['prompt']],
  [
    'stability.stable-image-inpaint',
    { ...EDITED, mask: blob, grow_mask: number({ integer: true, min: 0, max: 20 }) },
    ['image', 'prompt']
  ],
  ['stability.stable-image-remove-background', { image: blob, output_format: oneOf('png', 'webp') }, ['image']],
  ['stability.stable-image-search-replace', { ...EDITED, search_prompt: text({ min: 1 }) }, ['image', 'prompt', 'search_prompt']]
]

export interface Pictures {
  /** Empty: held back. */
  readonly images: readonly string[]
  readonly [other: string]: unknown
}

/** Answers a model that makes pictures, after the checks of its body. The word GUARDRAIL-BLOCK in a prompt holds the picture back. */
export function makeImages(body: Body, modelId: string): Pictures {
  if (modelId.startsWith('amazon.')) return titan(body)
  const [, members = {}, required = []] = MODELS.find(([id]) => modelId.startsWith(id)) ?? []
  for (const name of required) if (body[name] === undefined) malformed(`#: required key [${name}] not found`)
  struct(members)(body, '')
  if (body.image !== undefined && 'aspect_ratio' in body) malformed('#/aspect_ratio: not with an image')
  if (body.mode === 'image-to-image' && body.strength === undefined) malformed('#: required key [strength] not found')
  if (modelId.startsWith('stability.sd3') && body.image !== undefined && body.mode !== 'image-to-image')
    malformed('#/mode: an image needs image-to-image')
  const isBlocked = `${body.prompt}`.includes('GUARDRAIL-BLOCK')
  const picture = PICTURES[`${body.output_format ?? 'png'}`] ?? ''
  return {
    seeds: [body.seed ?? 7],
    finish_reasons: [isBlocked ? 'Filter reason: prompt' : null],
    images: [isBlocked ? '' : picture]
  }
}

/** What of a body the price of its pictures hangs on, where that is by size. */
export function pictureSize({ imageGenerationConfig }: Body): { readonly pixels: number; readonly isPremium: boolean } {
  const { width = 1024, height = 1024, quality } = (imageGenerationConfig ?? {}) as Record<string, unknown>
  return { pixels: Number(width) * Number(height), isPremium: quality === 'premium' }
}

const SIDES = new Set([
  '1024x1024',
  '768x768',
  '512x512',
  '768x1152',
  '384x576',
  '1152x768',
  '576x384',
  '768x1280',
  '384x640',
  '1280x768',
  '640x384',
  '896x1152',
  '448x576',
  '1152x896',
  '576x448',
  '768x1408',
  '384x704',
  '1408x768',
  '704x384',
  '640x1408',
  '320x704',
  '1408x640',
  '704x320',
  '1152x640',
  '1173x640'
])

const CONFIG = struct({
  numberOfImages: number({ integer: true, min: 1, max: 5 }),
  width: number({ integer: true }),
  height: number({ integer: true }),
  quality: oneOf('standard', 'premium'),
  cfgScale: number({ min: 1.1, max: 10 }),
  seed: number({ integer: true, min: 0, max: 2_147_483_646 })
})
const SAID = { text: text({ min: 3, max: 512 }), negativeText: text({ min: 3, max: 512 }) }
const TITAN = struct(
  {
    taskType: oneOf('TEXT_IMAGE', 'IMAGE_VARIATION', 'INPAINTING', 'OUTPAINTING', 'BACKGROUND_REMOVAL'),
    textToImageParams: struct(SAID, ['text']),
    imageVariationParams: struct(
      { ...SAID, images: list(blob, { min: 1, max: 5 }), similarityStrength: number({ min: 0.2, max: 1 }) },
      ['images']
    ),
    imageGenerationConfig: CONFIG
  },
  ['taskType']
)

function titan(body: Body) {
  TITAN(body, '')
  const { width = 1024, height = 1024, numberOfImages = 1 } = (body.imageGenerationConfig ?? {}) as Record<string, number>
  if (!SIDES.has(`${width}x${height}`)) malformed('#/imageGenerationConfig: the size is not supported')
  const isBlocked = JSON.stringify(body).includes('GUARDRAIL-BLOCK')
  if (isBlocked) modelRefuses('This request has been blocked by our content filters.')
  return { images: Array.from({ length: numberOfImages }, () => PICTURES.png ?? ''), error: null }
}
