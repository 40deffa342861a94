import { placeOf } from '../../core/field.ts'
import type { JsonObject } from '../../core/json.ts'
import { formatsOf, isTextType, typeOfWord } from '../../core/media-type.ts'
import type { AudioBlock, DocumentBlock, ImageBlock, MediaBlock, MediaSource, Turn, VideoBlock } from '../../core/turn.ts'
import { unreachable } from '../../core/unreachable.ts'
import { GatewayError } from '../../errors.ts'
import type { BlockScope } from './block-scope.ts'

/** Encodes a picture, document, video or sound; refuses with the block's path what the model does not take. */
export function encodeMedia(block: MediaBlock, scope: BlockScope, role: Turn['role']): JsonObject {
  if (role === 'assistant') throw refusal('invalid_value', block, `an assistant message cannot hold ${NOUN[block.type]}`)
  const isTaken = scope.traits.input.includes(block.type)
  if (!isTaken && block.type === 'document') return documentAsText(block, scope)
  if (!isTaken) throw refusal('unsupported_value', block, `${scope.model} does not take ${NOUN[block.type]}`)
  switch (block.type) {
    case 'image':
      return { image: { format: imageFormat(block), source: encodeSource(block, block.source, scope) } }
    case 'document':
      return { document: encodeDocument(block, scope) }
    case 'video':
      return { video: { format: formatOf(block), source: encodeSource(block, block.source, scope) } }
    case 'audio':
      return { audio: { format: formatOf(block), source: encodeSource(block, block.source, scope) } }
    default:
      return unreachable(block)
  }
}

const NOUN = { image: 'images', document: 'documents', video: 'videos', audio: 'audio' } as const satisfies Record<
  MediaBlock['type'],
  string
>

/**
 * With citations on, Claude takes PDFs and plain text only, and reads the bytes of any file as a PDF ("The PDF specified was not valid",
 * B38): there text is a source of its own. Without, a text source is refused (strands harness-sdk#2135, 2026-04).
 */
function encodeDocument(block: DocumentBlock, scope: BlockScope): JsonObject {
  const { source } = block
  const text = scope.cites ? textOf(block) : undefined
  return {
    format: text !== undefined || (source.type === 'text' && block.format === undefined) ? 'txt' : formatOf(block),
    name: scope.documents.next(block.name),
    source:
      text !== undefined
        ? { text }
        : source.type === 'text'
          ? { bytes: toBase64(source.text) }
          : encodeSource(block, source, scope),
    ...(block.context === undefined || block.context.trim() === '' ? {} : { context: block.context }),
    ...(scope.cites ? { citations: { enabled: true } } : {})
  }
}

/** What a text file says, since no model takes blank text; undefined: the document is no text, or is not here. */
function textOf({ source, format }: DocumentBlock): string | undefined {
  const type = typeOfWord(format ?? '', 'document')
  const text =
    source.type === 'text'
      ? source.text
      : source.type === 'base64' && type !== undefined && isTextType(type)
        ? fromBase64(source.data)
        : undefined
  return text?.trim() === '' ? '(empty file)' : text
}

/** A text file is read out to a model without documents; anything else would be lost, so it is refused. */
function documentAsText(block: DocumentBlock, { model }: BlockScope): JsonObject {
  const text = textOf(block)
  if (text === undefined) throw refusal('unsupported_value', block, `${model} does not take documents`)
  return { text: `${block.name === undefined ? '' : `${block.name}:\n`}${text}` }
}

function encodeSource(block: MediaBlock, source: MediaSource, { traits, model }: BlockScope): JsonObject {
  switch (source.type) {
    case 'base64':
      return { bytes: source.data }
    case 's3':
      if (!traits.s3Media) throw refusal('unsupported_value', block, `${model} does not read from S3; send the data itself`)
      return { s3Location: { uri: source.uri, ...(source.bucketOwner === undefined ? {} : { bucketOwner: source.bucketOwner }) } }
    case 'url':
      throw refusal('invalid_value', block, 'the URL was not fetched; send the data itself')
    default:
      return unreachable(source)
  }
}

function imageFormat(block: ImageBlock): string {
  if (block.format === undefined) throw refusal('invalid_image', block, 'the image must be png, jpeg, gif or webp')
  return block.format
}

function formatOf(block: DocumentBlock | VideoBlock | AudioBlock): string {
  const type = typeOfWord(block.format ?? '', block.type)
  if (type === undefined)
    throw refusal('invalid_value', block, `the ${block.type} must be one of ${formatsOf(block.type).join(', ')}`)
  return type.format
}

function refusal(
  kind: 'invalid_value' | 'unsupported_value' | 'invalid_image',
  block: MediaBlock,
  message: string
): GatewayError {
  return new GatewayError(kind, message, placeOf(block.path))
}

function toBase64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}

function fromBase64(data: string): string {
  return Buffer.from(data, 'base64').toString('utf8')
}
