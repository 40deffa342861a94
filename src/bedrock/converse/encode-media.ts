import type { JsonObject } from '../../core/json.ts'
import type { AudioBlock, DocumentBlock, ImageBlock, MediaBlock, MediaSource, Turn, VideoBlock } from '../../core/turn.ts'
import { unreachable } from '../../core/unreachable.ts'
import { GatewayError } from '../../errors.ts'
import type { BlockScope } from './encode-blocks.ts'

const DOCUMENT_FORMATS = ['pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md']
const VIDEO_FORMATS = ['mkv', 'mov', 'mp4', 'webm', 'flv', 'mpeg', 'mpg', 'wmv', 'three_gp']
const AUDIO_FORMATS = [
  'mp3',
  'opus',
  'wav',
  'aac',
  'flac',
  'mp4',
  'ogg',
  'mkv',
  'mka',
  'x-aac',
  'm4a',
  'mpeg',
  'mpga',
  'pcm',
  'webm'
]
const OTHER_NAMES: Readonly<Record<string, string>> = {
  htm: 'html',
  markdown: 'md',
  text: 'txt',
  '3gp': 'three_gp',
  '3gpp': 'three_gp',
  jpg: 'jpeg'
}

/** Formats that are text, and can be read out to a model that takes no documents. */
const TEXT_FORMATS = ['csv', 'html', 'txt', 'md']

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
      return { video: { format: formatOf(block, VIDEO_FORMATS), source: encodeSource(block, block.source, scope) } }
    case 'audio':
      return { audio: { format: formatOf(block, AUDIO_FORMATS), source: encodeSource(block, block.source, scope) } }
    default:
      return unreachable(block)
  }
}

const NOUN = { image: 'images', document: 'documents', video: 'videos', audio: 'audio' } as const satisfies Record<
  MediaBlock['type'],
  string
>

function encodeDocument(block: DocumentBlock, scope: BlockScope): JsonObject {
  const { source } = block
  const isText = source.type === 'text'
  return {
    format: isText && block.format === undefined ? 'txt' : formatOf(block, DOCUMENT_FORMATS),
    name: scope.documents.next(block.name),
    // A text source is refused unless citations are on; the same text as the bytes of a file never is.
    source: isText ? { bytes: toBase64(source.text) } : encodeSource(block, source, scope),
    ...(block.context === undefined || block.context.trim() === '' ? {} : { context: block.context }),
    ...(scope.cites ? { citations: { enabled: true } } : {})
  }
}

/** A text file is read out to a model without documents; anything else would be lost, so it is refused. */
function documentAsText(block: DocumentBlock, { model }: BlockScope): JsonObject {
  const { source } = block
  const isReadable = source.type === 'text' || (source.type === 'base64' && TEXT_FORMATS.includes(canonical(block.format)))
  if (!isReadable) throw refusal('unsupported_value', block, `${model} does not take documents`)
  const text = source.type === 'text' ? source.text : fromBase64(source.type === 'base64' ? source.data : '')
  return { text: `${block.name === undefined ? '' : `${block.name}:\n`}${text.trim() === '' ? '(empty file)' : text}` }
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

function formatOf(block: DocumentBlock | VideoBlock | AudioBlock, formats: readonly string[]): string {
  const format = canonical(block.format)
  if (!formats.includes(format)) throw refusal('invalid_value', block, `the ${block.type} must be one of ${formats.join(', ')}`)
  return format
}

function canonical(format: string | undefined): string {
  const plain = (format ?? '').toLowerCase()
  return OTHER_NAMES[plain] ?? plain
}

function refusal(
  kind: 'invalid_value' | 'unsupported_value' | 'invalid_image',
  block: MediaBlock,
  message: string
): GatewayError {
  return new GatewayError(kind, message, { param: block.path ?? 'messages' })
}

function toBase64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}

function fromBase64(data: string): string {
  return Buffer.from(data, 'base64').toString('utf8')
}
