import type { EmbeddingInput, EmbeddingRequest } from '../../core/embedding.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Warning } from '../../core/warning.ts'
import { GatewayError } from '../../errors.ts'
import { type EmbedCodec, type EmbedWish, imageOf, textOf } from './codec.ts'

/** One call to make. `indexes` says which inputs its vectors belong to. */
export interface EmbedCall {
  readonly indexes: readonly number[]
  readonly body: JsonObject
}

export interface EmbedPlan {
  readonly calls: readonly EmbedCall[]
  readonly warnings: readonly Warning[]
}

/** InvokeModel takes 25,000,000 bytes; the rest of the body is small. */
const MAX_IMAGE_BASE64 = 24_900_000

/** Cuts a request into the calls its model needs. Everything that must fail fails here, before the first call costs money. */
export function planEmbedding(request: EmbeddingRequest, codec: EmbedCodec, model: string): EmbedPlan {
  checkDimensions(request.dimensions, codec, model)
  const { wish, warnings } = wishOf(request, codec, model)
  const inputs = request.inputs.map((input) => fitInput(input, request.truncate, { codec, model }))
  const cut = inputs.filter((input, index) => input !== request.inputs[index]).length
  if (cut > 0) warnings.push({ field: 'inputs', reason: `${cut} texts were longer than the model takes and were cut` })
  const calls = groupInputs(inputs, codec).map((indexes) => ({
    indexes,
    body: codec.encode(
      indexes.map((index) => inputs[index]!),
      wish
    )
  }))
  return { calls, warnings }
}

function checkDimensions(dimensions: number | undefined, codec: EmbedCodec, model: string): void {
  if (dimensions === undefined || codec.dimensions.includes(dimensions)) return
  const allowed = codec.dimensions.toSorted((a, b) => a - b).join(', ')
  throw new GatewayError('unsupported_value', `${dimensions} dimensions are not possible with ${model}; use ${allowed}`, {
    field: 'dimensions'
  })
}

function wishOf(request: EmbeddingRequest, codec: EmbedCodec, model: string): { wish: EmbedWish; warnings: Warning[] } {
  const { dimensions, purpose, truncate } = request
  const warnings: Warning[] = []
  if (purpose !== undefined && codec.purposes === undefined)
    warnings.push({ field: 'purpose', reason: 'the model makes no difference between kinds of input' })
  if (truncate !== undefined && truncate !== 'none' && !codec.truncates)
    warnings.push({ field: 'truncate', reason: 'the model cannot cut its input' })
  const own = purpose === undefined || codec.purposes === undefined ? undefined : ownPurpose(purpose, codec.purposes, model)
  const wish = {
    // A fixed length is never sent: the models that have one take no such field.
    ...(dimensions === undefined || codec.dimensions.length === 1 ? {} : { dimensions }),
    ...(own === undefined ? {} : { purpose: own }),
    ...(truncate === undefined ? {} : { truncate })
  }
  return { wish, warnings }
}

function ownPurpose(purpose: string, purposes: Readonly<Record<string, string>>, model: string): string {
  const own = Object.hasOwn(purposes, purpose) ? purposes[purpose] : undefined
  if (own !== undefined) return own
  const allowed = Object.keys(purposes).join(', ')
  throw new GatewayError('unsupported_value', `${model} knows no such purpose; use ${allowed}`, { field: 'purpose' })
}

function fitInput(
  input: EmbeddingInput,
  truncate: EmbeddingRequest['truncate'],
  { codec, model }: { readonly codec: EmbedCodec; readonly model: string }
): EmbeddingInput {
  if (imageOf(input) !== undefined) {
    checkImage(input, codec, model)
    return input
  }
  const text = textOf(input)
  const limit = codec.maxCharacters ?? Number.POSITIVE_INFINITY
  if (text.length <= limit) return input
  if (!codec.truncates || truncate === 'none')
    throw new GatewayError('context_length_exceeded', `the text has ${text.length} characters; ${model} takes ${limit}`, {
      param: input.path
    })
  return { path: input.path, parts: [{ type: 'text', text: cutText(text, limit, truncate ?? 'end') }] }
}

function checkImage(input: EmbeddingInput, codec: EmbedCodec, model: string): void {
  const { path, parts } = input
  const refuse = (message: string): GatewayError => new GatewayError('unsupported_value', message, { param: path })
  if (codec.images === 'none') throw refuse(`${model} embeds text only, not images`)
  if (codec.images === 'alone' && parts.length > 1) throw refuse(`${model} takes a text or one image per input, not both`)
  const size = parts.reduce((sum, part) => sum + (part.type === 'image' ? part.data.length : 0), 0)
  if (size > MAX_IMAGE_BASE64)
    throw new GatewayError('invalid_image', 'the image is larger than the 25 MB Bedrock takes in one call', { param: path })
}

/** Cuts without leaving half a surrogate pair. */
function cutText(text: string, limit: number, end: 'start' | 'end'): string {
  const cut = end === 'end' ? text.slice(0, limit) : text.slice(-limit)
  return end === 'end' ? cut.replace(/[\uD800-\uDBFF]$/, '') : cut.replace(/^[\uDC00-\uDFFF]/, '')
}

/** Texts go together as far as the model takes them; an input with an image goes alone. */
function groupInputs(inputs: readonly EmbeddingInput[], codec: EmbedCodec): number[][] {
  const texts: number[] = []
  const groups: number[][] = []
  for (const [index, input] of inputs.entries()) {
    if (imageOf(input) === undefined) texts.push(index)
    else groups.push([index])
  }
  for (let at = 0; at < texts.length; at += codec.textsPerCall) groups.push(texts.slice(at, at + codec.textsPerCall))
  return groups
}
