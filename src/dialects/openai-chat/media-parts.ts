import type { Json, JsonObject } from '../../core/json.ts'
import { typeOfMediaType, typeOfWord } from '../../core/media-type.ts'
import type { DocumentBlock, MediaBlock } from '../../core/turn.ts'
import { GatewayError } from '../../errors.ts'
import { present } from '../openai/present.ts'
import { objectAt, optionalBoolean, optionalObject, optionalString, shortString, stringAt } from '../openai/read-value.ts'
import { missing, wrongChoice } from '../openai/refuse.ts'
import { decodeMedia } from './decode-media.ts'

/** An AWS account's number. */
const ACCOUNT_LENGTH = 12

/** Reads a part that names its medium by a URL, in an object or alone. */
export function urlPart(kind: 'image' | 'video' | 'audio', part: JsonObject, path: string): MediaBlock {
  return mediaAt(kind, part, part[`${kind}_url`], `${path}.${kind}_url`)
}

function mediaAt(kind: 'image' | 'video' | 'audio', part: JsonObject, value: Json | undefined, path: string): MediaBlock {
  const holder = typeof value === 'string' ? { url: value } : objectAt(value, path)
  const at = typeof value === 'string' ? path : `${path}.url`
  const location = stringAt(holder.url, at)
  const format = optionalString(holder.format, `${path}.format`)
  const bucketOwner = shortString(holder.bucket_owner ?? part.bucket_owner, `${path}.bucket_owner`, ACCOUNT_LENGTH)
  return decodeMedia({
    kind,
    location,
    path: at,
    declared: format === undefined ? undefined : declaredType(format, kind),
    bucketOwner
  })
}

/** Reads sound in base64. */
export function audioPart(part: JsonObject, path: string): MediaBlock {
  const at = `${path}.input_audio`
  const audio = objectAt(part.input_audio, at)
  const format = stringAt(audio.format, `${at}.format`)
  const declared = typeOfWord(format, 'audio')
  if (declared === undefined) throw wrongChoice(`${at}.format`, ['wav', 'mp3'], format)
  return decodeMedia({
    kind: 'audio',
    location: stringAt(audio.data, `${at}.data`),
    path: `${at}.data`,
    bareBase64: true,
    declared
  })
}

/** Reads a file as Chat Completions has it. */
export function filePart(part: JsonObject, path: string): MediaBlock {
  return fileAt(objectAt(part.file, `${path}.file`), `${path}.file`, part, path)
}

/** Reads a file as the Responses API has it, flat. */
export function flatFilePart(part: JsonObject, path: string): MediaBlock {
  return fileAt(part, path, part, path)
}

/** Reads an image as the Responses API has it, flat; also with the object of Chat Completions. */
export function flatImagePart(part: JsonObject, path: string): MediaBlock {
  const isById = (part.image_url ?? null) === null && optionalString(part.file_id, `${path}.file_id`) !== undefined
  if (isById) throw noFileIds(`${path}.file_id`, 'image_url')
  return urlPart('image', part, path)
}

function fileAt(file: JsonObject, at: string, part: JsonObject, path: string): MediaBlock {
  const data = optionalString(file.file_data, `${at}.file_data`) ?? optionalString(file.file_url, `${at}.file_url`)
  if (data === undefined && optionalString(file.file_id, `${at}.file_id`) !== undefined)
    throw noFileIds(`${at}.file_id`, 'file_data')
  if (data === undefined) throw missing(`${at}.file_data`)
  const name = shortString(file.filename, `${at}.filename`, LONGEST_NAME)
  const format = optionalString(file.format, `${at}.format`)
  const declared = format === undefined ? undefined : declaredType(format, 'document')
  const block = decodeMedia({ kind: 'document', location: data, path: `${at}.file_data`, bareBase64: true, name, declared })
  return block.type === 'document' ? withDocumentWishes(block, part, file, path) : block
}

/** The longest path that common systems have; names at Bedrock are far shorter. Characters. */
export const LONGEST_NAME = 4096

function withDocumentWishes(block: DocumentBlock, part: JsonObject, file: JsonObject, path: string): DocumentBlock {
  const wish = optionalObject(file.citations ?? part.citations, `${path}.citations`)
  const citations = wish && optionalBoolean(wish.enabled, `${path}.citations.enabled`)
  const context = optionalString(file.context ?? part.context, `${path}.context`)
  return { ...block, ...present({ citations, context }) }
}

/** `format` may be a word (`pdf`) or a media type (`application/pdf`): LiteLLM's clients send the latter. */
function declaredType(format: string, kind: 'image' | 'video' | 'audio' | 'document') {
  return format.includes('/') ? typeOfMediaType(format) : typeOfWord(format, kind)
}

/** The refusal of a file that is named by an id alone: none are stored here. */
export function noFileIds(path: string, instead: string): GatewayError {
  const sentence = `Unsupported parameter: '${path}'. Send the file itself in '${instead}'.`
  return new GatewayError('unsupported_parameter', sentence, { param: path })
}
