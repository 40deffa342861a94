import { embedCohere } from './embed-cohere.ts'
import type { Embedding } from './embedding.ts'
import { modelRefuses } from './refusal.ts'
import { type Check, flag, list, number, oneOf, struct, text } from './shape.ts'
import { countTokens } from './tokens.ts'
import { unitVector } from './unit-vector.ts'

type Body = Readonly<Record<string, unknown>>
type Embed = (body: Body, modelId: string, requestId: string) => Embedding

const malformed = (why: string) => modelRefuses(`Malformed input request: ${why}, please reformat your input and try again.`)

const FAMILIES: readonly (readonly [string, Embed])[] = [
  ['amazon.titan-embed-text-v1', embedTitan1],
  ['amazon.titan-embed-text-v2', embedTitan2],
  ['amazon.titan-embed-image', embedTitanImage],
  ['cohere.', embedCohere],
  ['amazon.nova-2-multimodal', embedNova],
  ['twelvelabs.marengo-embed-3', embedMarengo3],
  ['twelvelabs.marengo-embed-2', embedMarengo2]
]

/** Answers a native embedding request of any family, after the checks of that family. */
export function embed(body: Body, modelId: string, requestId: string): Embedding {
  const found = FAMILIES.find(([prefix]) => modelId.startsWith(prefix))
  return found === undefined ? malformed(`no embedding family for ${modelId}`) : found[1](body, modelId, requestId)
}

function check(body: Body, members: Record<string, Check>, required: readonly string[] = []): void {
  for (const name of required) if (body[name] === undefined) malformed(`#: required key [${name}] not found`)
  struct(members)(body, '')
}

function embedTitan1(body: Body, modelId: string): Embedding {
  check(body, { inputText: text() }, ['inputText'])
  const input = titanText(body.inputText)
  return {
    response: { embedding: unitVector(modelId, input, 1536), inputTextTokenCount: countTokens(input) },
    tokens: countTokens(input)
  }
}

function titanText(value: unknown): string {
  const input = `${value}`
  if (input === '') malformed('#/inputText: expected minLength: 1, actual: 0')
  if (input.length > 50_000) malformed(`#/inputText: expected maxLength: 50000, actual: ${input.length}`)
  if (countTokens(input) > 8192) {
    modelRefuses(
      `400 Bad Request: Too many input tokens. Max input tokens: 8192, request input token count: ${countTokens(input)}`
    )
  }
  return input
}

function embedTitan2(body: Body, modelId: string): Embedding {
  const members = {
    inputText: text(),
    dimensions: number({ integer: true }),
    normalize: flag,
    embeddingTypes: list(oneOf('float', 'binary'))
  }
  check(body, members, ['inputText'])
  const input = titanText(body.inputText)
  const dimensions = allowed(body.dimensions, [1024, 512, 256], '#/dimensions')
  const vector = unitVector(modelId, input, dimensions)
  const types = (body.embeddingTypes as string[] | undefined) ?? ['float']
  const byType = types.map((type) => [type, type === 'binary' ? vector.map((value) => (value > 0 ? 1 : 0)) : vector])
  const floats = types.includes('float') ? { embedding: vector } : {}
  const tokens = countTokens(input)
  return { response: { ...floats, embeddingsByType: Object.fromEntries(byType), inputTextTokenCount: tokens }, tokens }
}

function allowed(value: unknown, sizes: readonly number[], place: string): number {
  const size = value === undefined ? (sizes[0] ?? 0) : Number(value)
  return sizes.includes(size) ? size : malformed(`${place}: ${size} is not a valid enum value`)
}

function embedTitanImage(body: Body, modelId: string): Embedding {
  check(body, {
    inputText: text(),
    inputImage: text(),
    embeddingConfig: struct({ outputEmbeddingLength: number({ integer: true }) })
  })
  const {
    inputText = '',
    inputImage = '',
    embeddingConfig
  } = body as { inputText?: string; inputImage?: string; embeddingConfig?: Body }
  if (inputText === '' && inputImage === '') modelRefuses('Either inputText or inputImage must be provided.')
  if (countTokens(inputText) > 256)
    modelRefuses(`Too many input tokens. Max input tokens: 256, request input token count: ${countTokens(inputText)}`)
  const dimensions = allowed(embeddingConfig?.outputEmbeddingLength, [1024, 384, 256], '#/embeddingConfig/outputEmbeddingLength')
  const tokens = countTokens(inputText)
  return {
    response: { embedding: unitVector(modelId, inputText + inputImage, dimensions), inputTextTokenCount: tokens, message: null },
    tokens
  }
}

function embedNova(body: Body, modelId: string): Embedding {
  check(body, { schemaVersion: text(), taskType: oneOf('SINGLE_EMBEDDING'), singleEmbeddingParams: () => undefined }, [
    'taskType',
    'singleEmbeddingParams'
  ])
  const params = body.singleEmbeddingParams as Body
  const purposes = [
    'GENERIC_INDEX',
    'GENERIC_RETRIEVAL',
    'TEXT_RETRIEVAL',
    'IMAGE_RETRIEVAL',
    'VIDEO_RETRIEVAL',
    'DOCUMENT_RETRIEVAL',
    'AUDIO_RETRIEVAL',
    'CLASSIFICATION',
    'CLUSTERING'
  ]
  if (!purposes.includes(`${params.embeddingPurpose}`))
    malformed(`#/singleEmbeddingParams/embeddingPurpose: ${params.embeddingPurpose} is not a valid enum value`)
  const dimensions = allowed(params.embeddingDimension, [3072, 1024, 384, 256], '#/singleEmbeddingParams/embeddingDimension')
  const kinds = ['text', 'image', 'audio', 'video'].filter((kind) => params[kind] !== undefined)
  const [kind = ''] = kinds
  if (kinds.length !== 1) malformed('#/singleEmbeddingParams: exactly one of text, image, audio, video must be set')
  const { value = '', truncationMode } = params[kind] as { value?: string; truncationMode?: string }
  if (kind === 'text' && !['START', 'END', 'NONE'].includes(`${truncationMode}`))
    malformed('#/singleEmbeddingParams/text: required key [truncationMode] not found')
  if (kind === 'text' && value === '') malformed('#/singleEmbeddingParams/text/value: expected minLength: 1, actual: 0')
  const content = kind === 'text' ? value : JSON.stringify(params[kind])
  const embedding = unitVector(modelId, content, dimensions)
  return { response: { embeddings: [{ embeddingType: kind.toUpperCase(), embedding }] }, tokens: countTokens(content) }
}

function embedMarengo3(body: Body, modelId: string): Embedding {
  const type = oneOf('text', 'image')
  check(body, { inputType: type, text: struct({ inputText: text({ min: 1 }) }, ['inputText']), image: () => undefined }, [
    'inputType'
  ])
  const { inputType, text: given, image } = body as { inputType: string; text?: { inputText: string }; image?: unknown }
  const content = inputType === 'text' ? given?.inputText : image === undefined ? undefined : JSON.stringify(image)
  if (content === undefined) return malformed(`#: required key [${inputType}] not found`)
  return { response: { data: [{ embedding: unitVector(modelId, content, 512) }] }, tokens: countTokens(content) }
}

function embedMarengo2(body: Body, modelId: string): Embedding {
  const members = {
    inputType: oneOf('text', 'image'),
    inputText: text({ min: 1 }),
    textTruncate: oneOf('end', 'none'),
    mediaSource: () => undefined
  }
  check(body, members, ['inputType'])
  const content = body.inputType === 'text' ? body.inputText : body.mediaSource && JSON.stringify(body.mediaSource)
  if (content === undefined)
    return malformed(`#: required key [${body.inputType === 'text' ? 'inputText' : 'mediaSource'}] not found`)
  return { response: { data: [{ embedding: unitVector(modelId, `${content}`, 1024) }] }, tokens: countTokens(`${content}`) }
}
