import type { Embedding } from './embedding.ts'
import { modelRefuses } from './refusal.ts'
import { json, list, number, oneOf, struct, text } from './shape.ts'
import { countTokens } from './tokens.ts'
import { quantize, unitVector } from './unit-vector.ts'

interface CohereBody {
  readonly texts?: readonly string[]
  readonly images?: readonly string[]
  readonly inputs?: readonly { readonly content: unknown }[]
  readonly input_type?: string
  readonly truncate?: string
  readonly embedding_types?: readonly string[]
  readonly output_dimension?: number
  readonly max_tokens?: number
}

const TYPES = ['float', 'int8', 'uint8', 'binary', 'ubinary'] as const
const SHAPE = struct({
  texts: list(text()),
  images: list(text()),
  inputs: list(json),
  input_type: oneOf('search_document', 'search_query', 'classification', 'clustering', 'image'),
  truncate: oneOf('NONE', 'START', 'END', 'LEFT', 'RIGHT'),
  embedding_types: list(oneOf(...TYPES)),
  output_dimension: number({ integer: true }),
  max_tokens: number({ min: 1, integer: true })
})
const MAX_TEXTS = 96
const V3_MAX_CHARACTERS = 2048

const malformed = (why: string) => modelRefuses(`Malformed input request: ${why}, please reformat your input and try again.`)

/** Embeds as Cohere does: many texts in one call, always by type in version 4, by type in version 3 when asked. */
export function embedCohere(raw: Readonly<Record<string, unknown>>, modelId: string, requestId: string): Embedding {
  SHAPE(raw, '')
  const body = raw as CohereBody
  const isV4 = modelId.includes('embed-v4')
  if (body.input_type === undefined) malformed('#: required key [input_type] not found')
  const contents = readContents(body, isV4)
  const dimensions = isV4 ? v4Dimension(body) : 1024
  const vectors = contents.map((content) => unitVector(modelId, content, dimensions))
  const byType = isV4 || body.embedding_types !== undefined
  const types = body.embedding_types ?? ['float']
  const embeddings = byType
    ? Object.fromEntries(types.map((type) => [type, vectors.map((vector) => quantize(vector, type))]))
    : vectors
  const texts = (body.texts ?? []).map((item) => item.toLowerCase())
  const response = { id: requestId, response_type: byType ? 'embeddings_by_type' : 'embeddings_floats', embeddings, texts }
  return { response, tokens: contents.reduce((sum, content) => sum + countTokens(content), 0) }
}

function readContents(body: CohereBody, isV4: boolean): readonly string[] {
  const { texts, images, inputs } = body
  if ([texts, images, inputs].filter((item) => item !== undefined).length !== 1)
    malformed('#: exactly one of texts, images, inputs must be set')
  if (inputs !== undefined && !isV4) malformed('#: extraneous key [inputs] is not permitted')
  if (images !== undefined && images.length !== 1) malformed(`#/images: expected maximum item count: 1, found: ${images.length}`)
  if (images !== undefined && !images.every((image) => image.startsWith('data:image/')))
    malformed('#/images/0: image must be a data URI')
  const contents = texts ?? images ?? (inputs ?? []).map((input) => JSON.stringify(input.content))
  if (contents.length === 0) malformed('#/texts: expected minimum item count: 1, found: 0')
  if (contents.length > MAX_TEXTS) malformed(`#/texts: expected maximum item count: ${MAX_TEXTS}, found: ${contents.length}`)
  const long = isV4 ? undefined : texts?.find((item) => item.length > V3_MAX_CHARACTERS)
  if (long !== undefined) malformed(`#/texts/0: expected maxLength: ${V3_MAX_CHARACTERS}, actual: ${long.length}`)
  return contents
}

function v4Dimension({ output_dimension = 1536 }: CohereBody): number {
  if ([256, 512, 1024, 1536].includes(output_dimension)) return output_dimension
  return malformed(`#/output_dimension: ${output_dimension} is not a valid enum value`)
}
