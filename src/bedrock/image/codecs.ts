import type { ImageCodec } from './image-codec.ts'
import { STABILITY } from './stability.ts'
import { TITAN_IMAGE } from './titan.ts'

const FAMILIES: readonly (readonly [pattern: RegExp, codec: ImageCodec])[] = [
  ...STABILITY,
  // Nova Canvas, whose life has ended, has the same body: Bedrock itself tells so.
  [/^amazon\.(?:titan-image-generator|nova-canvas)-/, TITAN_IMAGE]
]

/** The codec of a model by its base id; undefined: it makes no pictures that are known here. */
export function imageCodecFor(baseId: string): ImageCodec | undefined {
  return FAMILIES.find(([pattern]) => pattern.test(baseId))?.[1]
}

/** What edits in place of a model that makes pictures from words alone: with a mask, and without one. */
export const EDITORS = { masked: 'us.stability.stable-image-inpaint-v1:0', whole: 'stability.sd3-5-large-v1:0' } as const
