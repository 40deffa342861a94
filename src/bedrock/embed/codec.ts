import type { EmbeddingImage, EmbeddingInput, EmbeddingPart } from '../../core/embedding.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import { GatewayError } from '../../errors.ts'

/** What every input of one call shares, already checked and in the model's own words. */
export interface EmbedWish {
  readonly dimensions?: number
  readonly purpose?: string
  readonly truncate?: 'none' | 'start' | 'end'
}

/** One family of embedding models: what it takes, as data, and how it is spoken to. */
export interface EmbedCodec {
  /** Lengths a vector may have, the model's default first. One entry: the length is fixed. */
  readonly dimensions: readonly [number, ...number[]]
  /** Texts that fit into one call. Inputs with an image always go alone. */
  readonly textsPerCall: number
  /** Whether an image can be an input, and whether text and image can share one. */
  readonly images: 'none' | 'alone' | 'with-text'
  /** Characters one text may have; absent where only tokens count. */
  readonly maxCharacters?: number
  /** Whether the model cuts long texts itself when told. */
  readonly truncates: boolean
  /** Neutral word to the model's own; absent: the model makes no difference. */
  readonly purposes?: Readonly<Record<string, string>>
  encode(inputs: readonly EmbeddingInput[], wish: EmbedWish): JsonObject
  /** Vectors as they lie in the answer; their form is checked by `readVectors`. */
  vectors(body: JsonObject): Json | undefined
  /** Input tokens the body tells of. */
  tokens?(body: JsonObject): Json | undefined
}

/** All text of an input, one line per part. */
export function textOf(input: EmbeddingInput): string {
  return input.parts
    .filter((part): part is EmbeddingPart & { type: 'text' } => part.type === 'text')
    .map((part) => part.text)
    .join('\n')
}

/** The image of an input, if it has one. */
export function imageOf(input: EmbeddingInput): EmbeddingImage | undefined {
  return input.parts.find((part) => part.type === 'image')
}

/** The only input of a call that takes one. */
export function only(inputs: readonly EmbeddingInput[]): EmbeddingInput {
  const [input] = inputs
  if (input === undefined || inputs.length > 1) throw new TypeError(`one input per call, not ${inputs.length}`)
  return input
}

/** The image as a data URL. */
export function dataUrl(image: EmbeddingImage): string {
  return `data:image/${image.format};base64,${image.data}`
}

/** Takes exactly `count` vectors out of an answer; anything else is Bedrock's fault, not the caller's. */
export function readVectors(codec: EmbedCodec, body: JsonObject, count: number): readonly (readonly number[])[] {
  const found = codec.vectors(body)
  if (!Array.isArray(found) || found.length !== count) throw brokenAnswer()
  for (const vector of found) {
    if (!Array.isArray(vector) || vector.length === 0 || typeof vector[0] !== 'number') throw brokenAnswer()
  }
  return found as readonly (readonly number[])[]
}

function brokenAnswer(): GatewayError {
  return new GatewayError('upstream_error', 'Bedrock answered without the embeddings that were asked for')
}
