import type { EmbeddingImage, EmbeddingInput, EmbeddingPart } from '../../core/embedding.ts'
import { isJsonObject, type Json } from '../../core/json.ts'
import { IMAGE_NAMES, type ImageFormat, isUsableImage, typeOfBytes } from '../../core/media-type.ts'
import { GatewayError } from '../../errors.ts'
import type { DecodeTokens } from '../dialect.ts'
import { isDataUrl, parseDataUrl } from '../openai/data-url.ts'
import { badValue, missing, wrongType } from '../openai/refuse.ts'
import { textOfTokens } from '../openai/token-text.ts'

/** As many as OpenAI takes in one request. */
const MAX_INPUTS = 2048

/** Whether any part of the body's `input` is given as tokens, so that the vocabulary is only loaded when it is needed. */
export function holdsTokens(body: unknown): boolean {
  const input = isJsonObject(body) ? body.input : undefined
  return Array.isArray(input) && input.some((item) => typeof item === 'number' || Array.isArray(item))
}

/** Reads every form `input` may have: a text, a data URL, tokens, parts, or a list of those. */
export function decodeInput(input: Json | undefined, decodeTokens: DecodeTokens): EmbeddingInputs {
  if (input === undefined || input === null) throw missing('input')
  if (!Array.isArray(input)) return [{ path: 'input', parts: decodeItem(input, 'input', decodeTokens) }]
  if (input.length > 0 && input.every((item) => typeof item === 'number'))
    return [{ path: 'input', parts: [decodeText(textOfTokens(input, 'input', decodeTokens), 'input')] }]
  if (input.length > MAX_INPUTS)
    throw badValue('input', `'input' has ${input.length} items; at most ${MAX_INPUTS} are possible in one request.`)
  const [first, ...others] = input.map((item: Json, index: number): EmbeddingInput => {
    const path = `input[${index}]`
    return { path, parts: decodeItem(item, path, decodeTokens) }
  })
  if (first === undefined) throw badValue('input', "'input' must not be an empty array.")
  return [first, ...others]
}

type EmbeddingInputs = readonly [EmbeddingInput, ...EmbeddingInput[]]

function decodeItem(item: Json, path: string, decodeTokens: DecodeTokens): EmbeddingInput['parts'] {
  if (Array.isArray(item)) return [decodeText(textOfTokens(item, path, decodeTokens), path)]
  if (!isJsonObject(item) || item.content === undefined) return [decodePart(item, path)]
  const content: readonly Json[] = Array.isArray(item.content) ? item.content : [item.content]
  const [first, ...others] = content.map((part, index) => decodePart(part, `${path}.content[${index}]`))
  if (first === undefined) throw badValue(`${path}.content`, `'${path}.content' must not be an empty array.`)
  return [first, ...others]
}

function decodePart(part: Json, path: string): EmbeddingPart {
  if (typeof part === 'string') return isImageUrl(part) ? decodeImage(part, path) : decodeText(part, path)
  if (!isJsonObject(part)) throw wrongType(path, 'a string, an array of tokens or a part', part)
  if (typeof part.text === 'string') return decodeText(part.text, path)
  const url = isJsonObject(part.image_url) ? part.image_url.url : part.image_url
  if (typeof url === 'string') return decodeImage(url, path)
  throw badValue(path, `'${path}' must be {"type":"text","text"} or {"type":"image_url","image_url":{"url"}}.`)
}

function decodeText(text: string, path: string): EmbeddingPart {
  if (text === '') throw badValue(path, `'${path}' must not be an empty string.`)
  return { type: 'text', text }
}

const IMAGE_URL = /^data:image\/[\w.+-]+[;,]/i
const LONGEST_TYPE = 128

/** Whether a text is meant as an image: a data URL of any image type, whatever else stands in its head. */
function isImageUrl(text: string): boolean {
  return IMAGE_URL.test(text.slice(0, LONGEST_TYPE))
}

/** Reads a data URL. The declared type is not trusted; the bytes tell. */
function decodeImage(url: string, path: string): EmbeddingImage {
  if (!isDataUrl(url))
    throw new GatewayError('invalid_image', `'${path}' must be an image as a data URL: data:image/png;base64,...`, {
      param: path
    })
  const data = parseDataUrl(url)?.base64
  const type = data === undefined ? undefined : typeOfBytes(data)
  if (data === undefined || type === undefined || !isUsableImage(type))
    throw new GatewayError('invalid_image', `'${path}' must hold a ${IMAGE_NAMES} image in base64`, { param: path })
  return { type: 'image', format: type.format as ImageFormat, data }
}
