import type { CatalogModel } from './catalog.ts'
import { type Block, type ConverseRequest, type Media, turnsOf } from './converse-request.ts'
import { invalid, modelRefuses } from './refusal.ts'

const IMAGE_LIMIT = 3.75 * 1024 * 1024
const DOCUMENT_LIMIT = 4.5 * 1024 * 1024
const KINDS = { image: 'IMAGE', video: 'VIDEO', audio: 'AUDIO' } as const

/** Pictures of one request and documents of one message, by family; a family that is not named has no limit of its own. */
const MOST_IMAGES: Readonly<Record<string, number>> = { claude: 100, llama: 20, mistral: 20 }
const MOST_DOCUMENTS: Readonly<Record<string, number>> = { nova: 5 }

/** Refuses media that the model does not take, that are too large or too many, or that are not what they say. */
export function checkMedia(request: ConverseRequest, model: CatalogModel): void {
  let images = 0
  for (const turn of turnsOf(request)) {
    const nested = turn.content.flatMap((block) => block.toolResult?.content ?? [])
    for (const block of [...turn.content, ...nested]) checkBlock(block, model)
    for (const block of turn.content) checkCitations(block, nested)
    const own = turn.content.filter((block) => block.image !== undefined).length
    images += own
    if (own > 0 && turn.role === 'assistant') modelRefuses('Image blocks are not allowed in assistant messages.')
    const documents = turn.content.filter((block) => block.document !== undefined).length
    const most = MOST_DOCUMENTS[model.family] ?? Number.POSITIVE_INFINITY
    if (documents > most) invalid(`The number of documents exceeds the limit of ${most}. Remove documents and try again.`)
  }
  if (images > (MOST_IMAGES[model.family] ?? Number.POSITIVE_INFINITY))
    modelRefuses(`Too many images and documents: ${images} + 0 > ${MOST_IMAGES[model.family]}`)
}

/** What a document with citations may be: B38, B39. */
function checkCitations({ document }: Block, nested: readonly Block[]): void {
  if (nested.some((block) => block.document?.citations?.enabled === true))
    invalid('Citations are not supported in tool result documents.')
  if (document === undefined) return
  const { format, source, citations } = document
  if (citations?.enabled !== true) {
    if (source.text !== undefined || source.content !== undefined)
      invalid('Citations must be enabled when the source of a document is text or content.')
    return
  }
  if (format !== undefined && format !== 'pdf' && format !== 'txt')
    invalid('Unsupported document format. Only txt and pdf formats are supported when citations are enabled')
  const isPdf =
    source.bytes === undefined || Buffer.from(source.bytes.slice(0, 8), 'base64').toString('latin1').startsWith('%PDF')
  if (!isPdf) modelRefuses('messages.0.content.1.image.source.bytes: The PDF specified was not valid.')
}

function checkBlock(block: Block, model: CatalogModel): void {
  for (const [kind, modality] of Object.entries(KINDS)) {
    const media = block[kind] as Media | undefined
    if (media !== undefined && !model.input.includes(modality)) refuseBlock(kind)
    if (media?.source.s3Location !== undefined && model.family !== 'nova') refuseS3()
  }
  if (block.document !== undefined && !model.documents)
    invalid("This model doesn't support documents. Remove the document and try again.")
  if (block.document?.source.s3Location !== undefined && model.family !== 'nova') refuseS3()
  if (sizeOf(block.document) > DOCUMENT_LIMIT)
    invalid('The document is too large. Provide a document of at most 4.5 MB and try again.')
  if (block.image !== undefined) checkImage(block.image)
  if (block.video !== undefined) checkVideo(block.video as Media)
}

const STILL_BRANDS = /^(?:heic|heix|hevc|hevx|heim|heis|mif1|msf1|avif|avis)/

/** A picture in the container that videos have is none. */
function checkVideo({ source }: Media): void {
  const head = Buffer.from((source.bytes ?? '').slice(0, 32), 'base64').toString('latin1')
  const isStill = head.startsWith('ftyp', 4) && STILL_BRANDS.test(head.slice(8))
  if (isStill || sniffImage(Buffer.from(head, 'latin1')) !== undefined)
    invalid('The video that you provided could not be read. Update the video and try again.')
}

const refuseBlock = (kind: string) =>
  invalid(`This model doesn't support the ${kind} content block that you provided. Update the content block and try again.`)
const refuseS3 = () => invalid("This model doesn't support the s3Uri field. Remove s3Uri and try again.")
const sizeOf = (media: Media | undefined) => ((media?.source.bytes?.length ?? 0) * 3) / 4

function checkImage(image: Media): void {
  const { bytes } = image.source
  if (bytes === undefined) return
  if (sizeOf(image) > IMAGE_LIMIT) modelRefuses('image exceeds 5 MB maximum: the decoded image must be at most 3.75 MB')
  const actual = sniffImage(Buffer.from(bytes.slice(0, 32), 'base64'))
  if (actual === undefined) modelRefuses('Could not process image')
  if (actual !== image.format) {
    modelRefuses(
      `messages.0.content.0.image.source.base64: The image was specified using the image/${image.format} media type, but the image appears to be a image/${actual} image`
    )
  }
}

/** Tells a picture's format by its first bytes. */
function sniffImage(head: Buffer): string | undefined {
  if (head.subarray(0, 4).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47]))) return 'png'
  if (head.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))) return 'jpeg'
  if (head.subarray(0, 4).toString('latin1') === 'GIF8') return 'gif'
  const isWebp = head.subarray(0, 4).toString('latin1') === 'RIFF' && head.subarray(8, 12).toString('latin1') === 'WEBP'
  return isWebp ? 'webp' : undefined
}
