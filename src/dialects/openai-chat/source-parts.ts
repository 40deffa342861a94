import type { Json, JsonObject } from '../../core/json.ts'
import { typeOfMediaType } from '../../core/media-type.ts'
import type { DocumentBlock, MediaBlock } from '../../core/turn.ts'
import { present } from '../openai/present.ts'
import { atMost, objectAt, optionalBoolean, optionalObject, optionalString, shortString, stringAt } from '../openai/read-value.ts'
import { badValue, wrongChoice } from '../openai/refuse.ts'
import { decodeMedia } from './decode-media.ts'
import { LONGEST_NAME, noFileIds } from './media-parts.ts'

/** Reads an image as Anthropic has it: with a `source`. */
export function sourceImage(part: JsonObject, path: string): MediaBlock {
  const at = `${path}.source`
  return mediaOf('image', objectAt(part.source, at), at)
}

/** Reads a document as Anthropic has it; its source may be text, too. */
export function sourceDocument(part: JsonObject, path: string): MediaBlock {
  const at = `${path}.source`
  const source = objectAt(part.source, at)
  const name = shortString(part.title, `${path}.title`, LONGEST_NAME)
  const text = textOf(source, at)
  const block: MediaBlock =
    text === undefined
      ? mediaOf('document', source, at, name)
      : present({ type: 'document' as const, format: 'txt', name, source: { type: 'text' as const, text }, path })
  return block.type === 'document' ? withWishes(block, part, path) : block
}

function withWishes(block: DocumentBlock, part: JsonObject, path: string): DocumentBlock {
  const wish = optionalObject(part.citations, `${path}.citations`)
  const citations = wish && optionalBoolean(wish.enabled, `${path}.citations.enabled`)
  return { ...block, ...present({ citations, context: optionalString(part.context, `${path}.context`) }) }
}

const SOURCES = ['base64', 'url', 'text', 'content'] as const

function mediaOf(kind: 'image' | 'document', source: JsonObject, at: string, name?: string): MediaBlock {
  const type = stringAt(source.type, `${at}.type`)
  const mediaType = optionalString(source.media_type, `${at}.media_type`)
  const declared = mediaType === undefined ? undefined : typeOfMediaType(mediaType)
  const shared = { kind, declared, name }
  switch (type) {
    case 'base64':
      return decodeMedia({ ...shared, location: stringAt(source.data, `${at}.data`), path: `${at}.data`, bareBase64: true })
    case 'url':
      return decodeMedia({ ...shared, location: stringAt(source.url, `${at}.url`), path: `${at}.url` })
    case 'file':
      throw noFileIds(`${at}.file_id`, 'data')
    default:
      throw wrongChoice(`${at}.type`, kind === 'image' ? SOURCES.slice(0, 2) : SOURCES, type)
  }
}

/** The text of a source that is text, or parts of text; undefined: it is something else. */
function textOf({ type, data, content }: JsonObject, at: string): string | undefined {
  if (type === 'text') return stringAt(data, `${at}.data`)
  if (type !== 'content') return undefined
  if (!Array.isArray(content)) return stringAt(content, `${at}.content`)
  return atMost<Json>(content, MOST_PIECES, `${at}.content`)
    .map((piece, index) => {
      const here = `${at}.content[${index}]`
      const holder = objectAt(piece, here)
      if (holder.type !== 'text')
        throw badValue(here, `Invalid '${here}': only parts of type 'text' are supported in a document.`)
      return stringAt(holder.text, `${here}.text`)
    })
    .join('\n')
}

const MOST_PIECES = 5000
