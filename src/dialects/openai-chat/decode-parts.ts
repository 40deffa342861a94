import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { MediaBlock, TextBlock } from '../../core/turn.ts'
import { atMost, objectAt, stringAt } from '../openai/read-value.ts'
import { badValue, wrongChoice, wrongType } from '../openai/refuse.ts'
import { decodeCacheMark } from './decode-cache.ts'
import { audioPart, filePart, flatFilePart, flatImagePart, urlPart } from './media-parts.ts'
import { type ObjectKind, reportUnknown } from './members.ts'
import type { Report } from './report.ts'
import { sourceDocument, sourceImage } from './source-parts.ts'

export type ContentBlock = TextBlock | MediaBlock

type PartDecoder = (part: JsonObject, path: string) => ContentBlock

interface PartRow {
  readonly decode: PartDecoder
  readonly kind: ObjectKind
  /** A member that is an object of its own, and its kind. */
  readonly inner?: readonly [name: string, kind: ObjectKind]
}

/** Parts as Chat Completions has them, as the Responses API has them (`input_*`, `output_text`), and as Anthropic has them (`source`). */
const PARTS: Readonly<Record<string, PartRow>> = {
  text: { decode: textPart, kind: 'text' },
  input_text: { decode: textPart, kind: 'text' },
  output_text: { decode: textPart, kind: 'text' },
  guarded_text: { decode: textPart, kind: 'text' },
  refusal: {
    decode: (part, path) => ({ type: 'text', text: stringAt(part.refusal, `${path}.refusal`), path }),
    kind: 'refusal'
  },
  image_url: { decode: (part, path) => urlPart('image', part, path), kind: 'media', inner: ['image_url', 'url'] },
  video_url: { decode: (part, path) => urlPart('video', part, path), kind: 'media', inner: ['video_url', 'url'] },
  audio_url: { decode: (part, path) => urlPart('audio', part, path), kind: 'media', inner: ['audio_url', 'url'] },
  input_audio: { decode: audioPart, kind: 'audio', inner: ['input_audio', 'sound'] },
  file: { decode: filePart, kind: 'filePart', inner: ['file', 'file'] },
  input_image: { decode: flatImagePart, kind: 'flatImage', inner: ['image_url', 'url'] },
  input_file: { decode: flatFilePart, kind: 'flatFile' },
  image: { decode: sourceImage, kind: 'image', inner: ['source', 'source'] },
  document: { decode: sourceDocument, kind: 'document', inner: ['source', 'source'] }
}

const PART_TYPES = ['text', 'image_url', 'input_audio', 'refusal', 'file', 'video_url']

/** Parts of one message. */
export const MOST_PARTS = 5000

/** Reads a message's content, a string or parts, as blocks in order; `types` are told of. Absent content is the caller's to judge. */
export function decodeParts(content: Json, path: string, report: Report, types = PART_TYPES): ContentBlock[] {
  if (typeof content === 'string') return [{ type: 'text', text: content, path }]
  if (!Array.isArray(content)) throw wrongType(path, 'a string or an array of parts', content)
  return atMost<Json>(content, MOST_PARTS, path).map((part, index) => decodePart(part, `${path}[${index}]`, report, types))
}

/** Reads text-only content, as system messages have it. */
export function decodeTextParts(content: Json, path: string, report: Report): TextBlock[] {
  return decodeParts(content, path, report).map((block) => {
    if (block.type === 'text') return block
    throw badValue(block.path ?? path, `Invalid '${path}': only parts of type 'text' are supported in this message.`)
  })
}

/** Reads one part of a message. */
export function decodePart(part: Json, path: string, report: Report, types = PART_TYPES): ContentBlock {
  if (typeof part === 'string') return { type: 'text', text: part, path }
  const holder = objectAt(part, path)
  const type = stringAt(holder.type, `${path}.type`)
  const row = Object.hasOwn(PARTS, type) ? PARTS[type] : undefined
  if (row === undefined) throw wrongChoice(`${path}.type`, types, type)
  const block = { ...row.decode(holder, path), path }
  reportPart(holder, row, path, report)
  const cache = decodeCacheMark(holder, path, report)
  return cache === undefined ? block : { ...block, cache }
}

function reportPart(part: JsonObject, { kind, inner }: PartRow, path: string, report: Report): void {
  reportUnknown(part, kind, path, report)
  const member = inner === undefined ? undefined : part[inner[0]]
  if (inner !== undefined && isJsonObject(member)) reportUnknown(member, inner[1], `${path}.${inner[0]}`, report)
}

/** Tells a part by the word that it calls itself. */
export function partHasType(part: Json, type: string): boolean {
  return isJsonObject(part) && part.type === type
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
