import {
  formatsOf,
  IMAGE_NAMES,
  type ImageFormat,
  isPage,
  isTextType,
  isUsableImage,
  type MediaKind,
  type MediaType,
  typeOfBytes,
  typeOfMediaType,
  typeOfName
} from '../../core/media-type.ts'
import type { DocumentBlock, MediaBlock, MediaSource } from '../../core/turn.ts'
import { GatewayError } from '../../errors.ts'
import { cleanBase64, isDataUrl, parseDataUrl } from '../openai/data-url.ts'
import { present } from '../openai/present.ts'
import { badValue, tooLong } from '../openai/refuse.ts'

/** Where a piece of media is and what its caller calls it. */
export interface MediaInput {
  /** The kind that the part's type names; a data URL may turn out to hold another. */
  readonly kind: MediaKind
  /** A data URL, an http(s) or `s3://` URL, or (with `bareBase64`) base64 alone. */
  readonly location: string
  readonly path: string
  readonly bareBase64?: boolean
  readonly declared?: MediaType | undefined
  readonly name?: string | undefined
  readonly bucketOwner?: string | undefined
}

/** More than servers and S3 take, signatures included. Characters. */
const LONGEST_URL = 16_384

/** Makes the block for a piece of media; bytes are told by what they are, not by what they are called. */
export function decodeMedia(input: MediaInput): MediaBlock {
  const { location, path } = input
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(location.slice(0, 32))?.[1]?.toLowerCase()
  const named = input.declared ?? typeOfName(input.name ?? location)
  if (isDataUrl(location)) return decodeInline(input)
  if (scheme !== undefined && location.length > LONGEST_URL) throw tooLong(path, LONGEST_URL, location.length)
  if (scheme === 'http' || scheme === 'https') return mediaBlock(input, ofKind(named, input), webSource(input))
  if (scheme === 's3') {
    return mediaBlock(
      input,
      ofKind(named, input),
      present({ type: 's3' as const, uri: `s3${location.slice(2)}`, bucketOwner: accountAt(input) })
    )
  }
  if (scheme === undefined && input.bareBase64) return decodeBytes(input, cleanBase64(location), named)
  throw badValue(path, `Invalid '${path}': expected a data URL with base64, an http(s) URL or an s3:// URL.`)
}

/** An `image_url` promises no text, so what comes is told by its bytes alone. */
function webSource({ kind, location: url }: MediaInput): MediaSource {
  return kind === 'image' ? { type: 'url', url, byBytes: true } : { type: 'url', url }
}

function accountAt({ path, bucketOwner }: MediaInput): string | undefined {
  if (bucketOwner === undefined || /^\d{12}$/.test(bucketOwner)) return bucketOwner
  const at = `${path.replace(/\.url$/, '')}.bucket_owner`
  throw badValue(at, `Invalid '${at}': expected the twelve digits of an AWS account.`)
}

function decodeInline(input: MediaInput): MediaBlock {
  const data = parseDataUrl(input.location)
  const named = input.name === undefined ? undefined : typeOfName(input.name)
  // A file's name tells more than `application/octet-stream` or the `text/plain` that browsers give to .md and .csv.
  const declared = data && typeOfMediaType(data.mediaType)
  const type = declared === undefined || declared.format === 'txt' ? (named ?? declared) : declared
  return decodeBytes(input, data?.base64, input.declared ?? type)
}

function decodeBytes(input: MediaInput, base64: string | undefined, declared: MediaType | undefined): MediaBlock {
  if (base64 === undefined)
    throw new GatewayError('invalid_image', `Invalid '${input.path}': not valid base64.`, { param: input.path })
  // Raw samples have no mark of their own, and may begin like anything.
  const told = declared?.format === 'pcm' ? undefined : typeOfBytes(base64)
  const type = told ?? (input.kind !== 'document' && declared?.format !== 'pcm' && isPage(base64) ? undefined : declared)
  const isStrange = type === undefined || (type.kind === 'document' && isMotion(input))
  if (isStrange && input.kind !== 'image') throw unknownFormat(input)
  if (type === undefined || !isMeant(input, told, declared)) throw notAnImage(input, told)
  return mediaBlock(input, containerType(type, declared), { type: 'base64', data: base64 })
}

/**
 * A picture is one of the four kinds that models take. In an `image_url` it is a picture, or the other file that it says it is, as LiteLLM's
 * clients send PDFs; text is the page that came in place of a picture.
 */
function isMeant({ kind }: MediaInput, told: MediaType | undefined, declared: MediaType | undefined): boolean {
  if (told?.kind === 'image') return isUsableImage(told)
  if (declared?.kind === 'image') return false
  if (kind !== 'image') return true
  return declared !== undefined && !isTextType(declared) && (told === undefined || told.kind === declared.kind)
}

function notAnImage({ path }: MediaInput, told: MediaType | undefined): GatewayError {
  const what = told === undefined ? '' : `, but ${told.format}`
  return new GatewayError('invalid_image', `Invalid '${path}': the data is not a ${IMAGE_NAMES} image${what}.`, { param: path })
}

/** MP4, Matroska and Ogg hold sound as well as pictures: there the declared type knows better. */
function containerType(type: MediaType, declared: MediaType | undefined): MediaType {
  const isContainer = type.kind === 'video' || type.format === 'ogg'
  return isContainer && (declared?.kind === 'video' || declared?.kind === 'audio') ? declared : type
}

/** Neither a video nor a sound is ever a document. */
function isMotion({ kind }: MediaInput): boolean {
  return kind === 'video' || kind === 'audio'
}

function ofKind(type: MediaType | undefined, { kind }: MediaInput): { readonly kind: MediaKind; readonly format?: string } {
  if (type === undefined || (kind === 'image' && isTextType(type))) return { kind }
  return kind === 'document' || type.kind === kind || (kind === 'image' && type.kind === 'document') ? type : { kind }
}

function mediaBlock(
  input: MediaInput,
  type: { readonly kind: MediaKind; readonly format?: string },
  source: MediaSource
): MediaBlock {
  const shared = present({ format: type.format, source, path: input.path })
  switch (type.kind) {
    case 'image': {
      // A URL's extension is only a hint: the format is told by the bytes once they are fetched.
      const format =
        source.type === 'url' || !isUsableImage({ kind: 'image', format: type.format ?? '' })
          ? undefined
          : (type.format as ImageFormat)
      return present({ type: 'image' as const, format, source, path: input.path })
    }
    case 'document':
      return present({ type: 'document' as const, ...shared, name: input.name }) satisfies DocumentBlock
    default:
      return { type: type.kind, ...shared }
  }
}

function unknownFormat({ kind, path }: MediaInput): GatewayError {
  return badValue(
    path,
    `Invalid '${path}': the file's type is not supported. Supported types are: ${formatsOf(kind).join(', ')}.`
  )
}
