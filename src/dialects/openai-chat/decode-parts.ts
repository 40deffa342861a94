import type { Json, JsonObject } from '../../core/json.ts'
import { typeOfMediaType, typeOfWord } from '../../core/media-type.ts'
import type { DocumentBlock, MediaBlock, TextBlock } from '../../core/turn.ts'
import { GatewayError } from '../../errors.ts'
import { present } from '../openai/present.ts'
import { atMost, objectAt, optionalBoolean, optionalObject, optionalString, shortString, stringAt } from '../openai/read-value.ts'
import { badValue, missing, wrongChoice, wrongType } from '../openai/refuse.ts'
import { decodeCacheMark } from './decode-cache.ts'
import { decodeMedia } from './decode-media.ts'
import type { Report } from './report.ts'

export type ContentBlock = TextBlock | MediaBlock

type PartDecoder = (part: JsonObject, path: string) => ContentBlock

const PARTS: Readonly<Record<string, PartDecoder>> = {
  text: textPart,
  guarded_text: textPart,
  refusal: (part, path) => ({ type: 'text', text: stringAt(part.refusal, `${path}.refusal`), path }),
  image_url: (part, path) => urlPart('image', part, part.image_url, `${path}.image_url`),
  video_url: (part, path) => urlPart('video', part, part.video_url, `${path}.video_url`),
  audio_url: (part, path) => urlPart('audio', part, part.audio_url, `${path}.audio_url`),
  input_audio: audioPart,
  file: filePart
}

const PART_TYPES = ['text', 'image_url', 'input_audio', 'refusal', 'file', 'video_url']

/** Parts of one message. */
export const MOST_PARTS = 5000

/** Reads a message's content, a string or parts, as blocks in order. Absent content is the caller's to judge. */
export function decodeParts(content: Json, path: string, report: Report): ContentBlock[] {
  if (typeof content === 'string') return [{ type: 'text', text: content, path }]
  if (!Array.isArray(content)) throw wrongType(path, 'a string or an array of parts', content)
  return atMost<Json>(content, MOST_PARTS, path).map((part, index) => decodePart(part, `${path}[${index}]`, report))
}

/** Reads text-only content, as system messages have it. */
export function decodeTextParts(content: Json, path: string, report: Report): TextBlock[] {
  return decodeParts(content, path, report).map((block) => {
    if (block.type === 'text') return block
    throw badValue(block.path ?? path, `Invalid '${path}': only parts of type 'text' are supported in this message.`)
  })
}

/** Reads one part of a message. */
export function decodePart(part: Json, path: string, report: Report): ContentBlock {
  if (typeof part === 'string') return { type: 'text', text: part, path }
  const holder = objectAt(part, path)
  const type = stringAt(holder.type, `${path}.type`)
  const decode = Object.hasOwn(PARTS, type) ? PARTS[type] : undefined
  if (decode === undefined) throw wrongChoice(`${path}.type`, PART_TYPES, type)
  const block = { ...decode(holder, path), path }
  const cache = decodeCacheMark(holder, path, report)
  return cache === undefined ? block : { ...block, cache }
}

const QUALIFIERS = ['grounding_source', 'query', 'guard_content'] as const

function textPart(part: JsonObject, path: string): TextBlock {
  const text = stringAt(part.text, `${path}.text`)
  const qualifiers = part.qualifiers ?? []
  if (part.type !== 'guarded_text' && part.guard_content !== true) return { type: 'text', text, path }
  if (!Array.isArray(qualifiers)) throw wrongType(`${path}.qualifiers`, 'an array', qualifiers)
  const guard = qualifiers.map((value: Json, index) => {
    const word = QUALIFIERS.find((each) => each === value)
    if (word === undefined) throw wrongChoice(`${path}.qualifiers[${index}]`, QUALIFIERS, JSON.stringify(value))
    return word
  })
  return { type: 'text', text, path, guard: guard.length === 0 ? ['guard_content'] : guard }
}

/** An AWS account's number. */
const ACCOUNT_LENGTH = 12

function urlPart(kind: 'image' | 'video' | 'audio', part: JsonObject, value: Json | undefined, path: string): MediaBlock {
  const holder = typeof value === 'string' ? { url: value } : objectAt(value, path)
  const location = stringAt(holder.url, `${path}.url`)
  const format = optionalString(holder.format, `${path}.format`)
  const bucketOwner = shortString(holder.bucket_owner ?? part.bucket_owner, `${path}.bucket_owner`, ACCOUNT_LENGTH)
  return decodeMedia({
    kind,
    location,
    path: `${path}.url`,
    declared: format === undefined ? undefined : declaredType(format, kind),
    bucketOwner
  })
}

function audioPart(part: JsonObject, path: string): MediaBlock {
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

function filePart(part: JsonObject, path: string): MediaBlock {
  const at = `${path}.file`
  const file = objectAt(part.file, at)
  const data = optionalString(file.file_data, `${at}.file_data`) ?? optionalString(file.file_url, `${at}.file_url`)
  if (data === undefined && optionalString(file.file_id, `${at}.file_id`) !== undefined) throw noFileIds(`${at}.file_id`)
  if (data === undefined) throw missing(`${at}.file_data`)
  const name = shortString(file.filename, `${at}.filename`, LONGEST_NAME)
  const format = optionalString(file.format, `${at}.format`)
  const declared = format === undefined ? undefined : declaredType(format, 'document')
  const block = decodeMedia({ kind: 'document', location: data, path: `${at}.file_data`, bareBase64: true, name, declared })
  return block.type === 'document' ? withDocumentWishes(block, part, file, path) : block
}

/** The longest path that common systems have; names at Bedrock are far shorter. Characters. */
const LONGEST_NAME = 4096

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

function noFileIds(path: string): GatewayError {
  return new GatewayError('unsupported_parameter', `Unsupported parameter: '${path}'. Send the file itself in 'file_data'.`, {
    param: path
  })
}
