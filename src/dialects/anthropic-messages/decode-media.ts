import type { Json, JsonObject } from '../../core/json.ts'
import { IMAGE_NAMES, type ImageFormat, isUsableImage, typeOfBytes, typeOfMediaType, typeOfName } from '../../core/media-type.ts'
import type { DocumentBlock, ImageBlock, MediaSource, TextBlock } from '../../core/turn.ts'
import { GatewayError } from '../../errors.ts'
import { cleanBase64 } from '../openai/data-url.ts'
import { present } from '../openai/present.ts'
import { objectAt, optionalArray, optionalBoolean, optionalObject, optionalString, stringAt } from './read-value.ts'
import { badValue, unsupported, wrongTag } from './refuse.ts'

/** More than servers take, signatures included. Characters. */
const LONGEST_URL = 16_384
const NO_FILES = 'Files are not stored here; send the data itself as base64'

/** Reads an image block. */
export function decodeImage(block: JsonObject, path: string): ImageBlock {
  const at = `${path}.source`
  const source = objectAt(block.source, at)
  const type = stringAt(source.type, `${at}.type`)
  switch (type) {
    case 'base64':
      return imageOf(stringAt(source.data, `${at}.data`), path)
    case 'url':
      // A picture is told by its bytes once they are fetched, whatever its address is called.
      return { type: 'image', source: { ...urlSource(source, at), byBytes: true }, path }
    case 'file':
      throw unsupported(at, NO_FILES)
    default:
      throw wrongTag(`${at}.type`, ['base64', 'url'], type)
  }
}

function imageOf(data: string, path: string): ImageBlock {
  const base64 = cleanBase64(data)
  const told = base64 === undefined ? undefined : typeOfBytes(base64)
  if (base64 === undefined || !isUsableImage(told)) {
    const why = base64 === undefined ? 'The image is not valid base64' : `The image is not a ${IMAGE_NAMES} image`
    throw new GatewayError('invalid_image', why, { param: `${path}.source.data` })
  }
  return { type: 'image', format: told?.format as ImageFormat, source: { type: 'base64', data: base64 }, path }
}

function urlSource(source: JsonObject, at: string): Extract<MediaSource, { type: 'url' }> {
  const url = stringAt(source.url, `${at}.url`)
  if (url.length > LONGEST_URL) throw badValue(`${at}.url`, `The URL has more than ${LONGEST_URL} characters`)
  if (!/^https?:\/\//i.test(url)) throw badValue(`${at}.url`, 'Only http and https URLs are supported')
  return { type: 'url', url }
}

/** Reads a document: a PDF, plain text, blocks of its own, or an address of one. Pictures among its blocks are told apart from its text. */
export function decodeDocument(block: JsonObject, path: string): readonly (DocumentBlock | ImageBlock)[] {
  const at = `${path}.source`
  const source = objectAt(block.source, at)
  const type = stringAt(source.type, `${at}.type`)
  const citations = optionalObject(block.citations, `${path}.citations`)
  const shared = present({
    name: optionalString(block.title, `${path}.title`),
    context: optionalString(block.context, `${path}.context`),
    citations: citations === undefined ? undefined : optionalBoolean(citations.enabled, `${path}.citations.enabled`),
    path
  })
  switch (type) {
    case 'base64':
      return [{ type: 'document', ...bytesOf(source, at), ...shared }]
    case 'text':
      return [{ type: 'document', source: { type: 'text', text: stringAt(source.data, `${at}.data`) }, ...shared }]
    case 'url': {
      const address = urlSource(source, at)
      const named = typeOfName(address.url)
      return [{ type: 'document', ...(named?.kind === 'document' ? { format: named.format } : {}), source: address, ...shared }]
    }
    case 'content':
      return contentOf(source.content, at, shared)
    case 'file':
      throw unsupported(at, NO_FILES)
    default:
      throw wrongTag(`${at}.type`, ['base64', 'text', 'content', 'url'], type)
  }
}

function bytesOf(source: JsonObject, at: string): Pick<DocumentBlock, 'format' | 'source'> {
  const data = cleanBase64(stringAt(source.data, `${at}.data`))
  if (data === undefined) throw badValue(`${at}.data`, 'The document is not valid base64')
  const declared = typeOfMediaType(optionalString(source.media_type, `${at}.media_type`) ?? 'application/pdf')
  const told = typeOfBytes(data)
  const type = told ?? declared
  if (type?.kind !== 'document') throw badValue(at, 'The document must be a PDF or text')
  return { format: type.format, source: { type: 'base64', data } }
}

const MOST_PARTS = 5000

function contentOf(
  content: Json | undefined,
  at: string,
  shared: Omit<DocumentBlock, 'type' | 'source'>
): readonly (DocumentBlock | ImageBlock)[] {
  if (typeof content === 'string') return [{ type: 'document', source: { type: 'text', text: content }, ...shared }]
  const blocks = (optionalArray(content, `${at}.content`, MOST_PARTS) ?? []).map((part, index): TextBlock | ImageBlock => {
    const path = `${at}.content.${index}`
    const block = objectAt(part, path)
    const type = stringAt(block.type, `${path}.type`)
    if (type === 'text') return { type: 'text', text: stringAt(block.text, `${path}.text`) }
    if (type === 'image') return decodeImage(block, path)
    throw wrongTag(`${path}.type`, ['text', 'image'], type)
  })
  const text = blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n')
  const images = blocks.filter((block) => block.type === 'image')
  return [{ type: 'document', source: { type: 'text', text }, ...shared }, ...images]
}
