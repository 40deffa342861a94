import type { ImageRequest } from '../../core/image.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Warning } from '../../core/warning.ts'

/** The body of one call, and what of the request it has no place for. */
export interface ImageCall {
  readonly body: JsonObject
  readonly warnings: readonly Warning[]
}

/** What one call gave. */
export interface MadeImages {
  /** Base64. */
  readonly pictures: readonly string[]
  /** Why there is a picture less, in the model's words; undefined: nothing was held back. */
  readonly filtered: string | undefined
}

/** One family of models that make pictures. Pure. */
export interface ImageCodec {
  /** What it does with a picture of the caller's: nothing, change it, change a masked part; or it always wants one. */
  readonly source: 'never' | 'may' | 'masked' | 'always'
  /** Most pictures of one call. */
  readonly most: number
  encode(request: ImageRequest, count: number): ImageCall
  decode(answer: JsonObject): MadeImages
}
