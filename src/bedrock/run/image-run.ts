import type { Cancel } from '../../core/cancel.ts'
import type { ImageRequest } from '../../core/image.ts'
import type { Warning } from '../../core/warning.ts'
import { GatewayError } from '../../errors.ts'
import { sameModel } from '../../models/model-target.ts'
import { imageCodecFor } from '../image/codecs.ts'
import type { ImageCodec } from '../image/image-codec.ts'
import type { Invoke, InvokeAnswer, Targets } from './embed-run.ts'
import { wrongModel } from './wrong-model.ts'

export { EDITORS } from '../image/codecs.ts'
export { askedPicture } from '../image/titan.ts'

export interface ImageRun {
  readonly request: ImageRequest
  readonly targets: Targets
  readonly signal: Cancel
}

export interface ImageRunAnswer {
  /** Base64, in no order; fewer than were asked for where some were held back. */
  readonly pictures: readonly string[]
  /** The id that was called. */
  readonly model: string
  readonly region: string
  readonly requestId: string | undefined
  readonly warnings: readonly Warning[]
}

/** Whether a model by its base id makes pictures from words alone. */
export function takesNoSource(baseId: string): boolean {
  return imageCodecFor(baseId)?.source === 'never'
}

/** Makes all pictures, in as many calls side by side as the model needs. Throws `image_filtered` where every one was held back. */
export async function runImages({ request, targets, signal }: ImageRun, invoke: Invoke): Promise<ImageRunAnswer> {
  const [first] = targets
  const codec = imageCodecFor(first.baseId)
  if (codec === undefined) throw wrongModel(first, 'makes no pictures that this gateway knows how to ask for.')
  checkPictures(request, codec, first.id)
  const same = sameModel(targets)
  const calls = sharesOf(request.count, codec.most).map((count, at) => codec.encode(seeded(request, at * codec.most), count))
  const answers = await Promise.all(calls.map(({ body }) => invoke(same, body, signal)))
  const made = answers.map(({ body }) => codec.decode(body))
  const pictures = made.flatMap((one) => one.pictures)
  if (pictures.length === 0) throw nothingMade(made.find(({ filtered }) => filtered !== undefined)?.filtered)
  const [{ model, region, requestId }] = answers as [InvokeAnswer]
  return { pictures, model, region, requestId, warnings: calls[0]?.warnings ?? [] }
}

/** Seeds that every family takes. */
const SEEDS = 2_147_483_647

/** Calls side by side would make the same pictures of one seed: each goes on where the one before it ends. */
function seeded(request: ImageRequest, before: number): ImageRequest {
  const { seed } = request.extraFields
  if (before === 0 || typeof seed !== 'number') return request
  return { ...request, extraFields: { ...request.extraFields, seed: (seed + before) % SEEDS } }
}

/** `count` pictures in calls of at most `most`. */
function sharesOf(count: number, most: number): readonly number[] {
  return Array.from({ length: Math.ceil(count / most) }, (_, at) => Math.min(most, count - at * most))
}

function checkPictures({ source, mask, prompt, task }: ImageRequest, codec: ImageCodec, id: string): void {
  if (source !== undefined && codec.source === 'never')
    throw new GatewayError('unsupported_value', `${id} makes pictures from words alone; name a model that edits.`, {
      field: 'model'
    })
  if (source === undefined && (codec.source === 'always' || codec.source === 'masked'))
    throw new GatewayError('unsupported_value', `${id} edits pictures and makes none; call images/edits.`, { field: 'model' })
  if (mask !== undefined && codec.source !== 'masked' && codec.source !== 'may')
    throw new GatewayError('unsupported_value', `${id} takes no mask.`, { field: 'picture.mask' })
  if (mask !== undefined && codec.source === 'may' && codec.most === 1)
    throw new GatewayError('unsupported_value', `${id} changes whole pictures; name a model that inpaints.`, {
      field: 'picture.mask'
    })
  if (prompt === '' && (task === 'make' || (task === 'edit' && codec.source === 'may')))
    throw new GatewayError('missing_parameter', "Missing required parameter: 'prompt'.", { field: 'turns' })
}

function nothingMade(filtered: string | undefined): GatewayError {
  if (filtered === undefined) return new GatewayError('upstream_error', 'Bedrock answered without a picture')
  return new GatewayError('image_filtered', `Your request was rejected by the safety system of the model (${filtered}).`)
}
