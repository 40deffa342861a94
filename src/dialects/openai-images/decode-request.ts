import type { Spell } from '../../core/field.ts'
import type { ImageFormat, ImageRequest, Picture } from '../../core/image.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { SpeltWarning } from '../../core/warning.ts'
import { GatewayError } from '../../errors.ts'
import { parseDataUrl } from '../openai/data-url.ts'
import { optionalChoice, optionalInteger, optionalString, shortString } from '../openai/read-value.ts'
import { badValue, missing, outOfRange, wrongType } from '../openai/refuse.ts'
import { createSpelling, USUAL_WORDS } from '../openai/spelling.ts'
import { unknownFields } from '../openai/unknown-members.ts'
import { MODEL_FIELDS } from './fields.ts'
import { pictureOf } from './picture-of.ts'

export interface DecodedImageRequest {
  readonly request: ImageRequest
  /** Pictures go back as data URLs, since nothing is kept that an address could lead to. */
  readonly asUrl: boolean
  readonly warnings: readonly SpeltWarning[]
}

/** A file of a multipart body; a JSON body has data URLs in its place. */
export interface SentFile {
  readonly field: string
  readonly bytes: Buffer
}

/** How callers of these endpoints write the core's fields. */
export const imagesSpelling: Spell = createSpelling({ ...USUAL_WORDS, turns: 'prompt', inputs: 'prompt' })

const MOST = 10
const LONGEST_PROMPT = 32_000
const QUALITIES = ['auto', 'low', 'medium', 'high', 'standard', 'hd'] as const
const FORMATS = ['png', 'jpeg', 'webp'] as const
const KNOWN = new Set([
  'model',
  'prompt',
  'n',
  'size',
  'quality',
  'response_format',
  'output_format',
  'background',
  'stream',
  'partial_images',
  'image',
  'mask'
])
/** What asks for nothing that pictures of Bedrock have not anyway. */
const NEUTRAL: Readonly<Record<string, readonly Json[]>> = {
  moderation: ['auto'],
  output_compression: [100],
  input_fidelity: ['low']
}

/**
 * Reads what is asked of `images/generations`, `edits` and `variations`. `fields`: the members of a JSON body, or the texts of a multipart
 * one, whose numbers are text; `files`: its files. What no model here has a place for is reported; members that Stability's models know pass.
 */
export function decodeImageRequest(fields: unknown, files: readonly SentFile[], task: ImageRequest['task']): DecodedImageRequest {
  if (!isJsonObject(fields)) throw badValue('', 'The request body must be a JSON object.')
  const body = files.length > 0 || fields[MULTIPART] === true ? numbersRead(fields) : fields
  const model = shortString(body.model, 'model', 2048) || 'gpt-image-1'
  const prompt = shortString(body.prompt, 'prompt', LONGEST_PROMPT) ?? ''
  if (prompt.trim() === '' && task === 'make') throw missing('prompt')
  const count = optionalInteger(body.n, 'n') ?? 1
  if (count < 1 || count > MOST) throw outOfRange('n', count, { min: 1, max: MOST })
  if (body.stream === true || body.stream === 'true')
    throw new GatewayError('unsupported_parameter', "'stream' is not possible: pictures come whole.", { param: 'stream' })
  const quality = optionalChoice(body.quality, 'quality', QUALITIES)
  const wanted = optionalChoice(body.response_format, 'response_format', ['url', 'b64_json'] as const)
  const size = sizeOf(optionalString(body.size, 'size'))
  const source = task === 'make' ? undefined : onePicture(body, files, 'image')
  if (task !== 'make' && source === undefined) throw missing('image')
  const mask = task === 'edit' ? onePicture(body, files, 'mask') : undefined
  const format = optionalChoice(body.output_format, 'output_format', FORMATS)
  const request: ImageRequest = {
    model,
    task,
    prompt: task === 'vary' ? '' : prompt,
    count,
    transparent: body.background === 'transparent',
    extraFields: extraOf(body),
    ...(quality === undefined || quality === 'auto'
      ? {}
      : { quality: quality === 'high' || quality === 'hd' ? 'high' : 'standard' }),
    ...(size === undefined ? {} : { size }),
    ...(format === undefined ? {} : { format: format satisfies ImageFormat }),
    ...(source === undefined ? {} : { source }),
    ...(mask === undefined ? {} : { mask })
  }
  // OpenAI's older models answer with addresses by default, and their clients look there.
  const asUrl = wanted === 'url' || (wanted === undefined && model.startsWith('dall-e'))
  return { request, asUrl, warnings: unknownFields(body, knownIn(body), 'models here take no such field') }
}

/** Marks fields that came as text. */
export const MULTIPART = '\u0000multipart'

/** Numbers of a multipart body are text. */
function numbersRead(fields: JsonObject): JsonObject {
  const read = ([name, value]: readonly [string, Json]): [string, Json] =>
    NUMBERS.has(name) && typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value) ? [name, Number(value)] : [name, value]
  const given = Object.entries(fields).filter(([name]) => name !== MULTIPART)
  return Object.fromEntries(given.map(read))
}

const NUMBERS: ReadonlySet<string> = new Set([
  'n',
  'output_compression',
  'partial_images',
  ...Object.entries(MODEL_FIELDS).flatMap(([name, type]) => (type === 'number' ? [name] : []))
])

function extraOf(body: JsonObject): Record<string, string | number> {
  const extra: Record<string, string | number> = {}
  for (const [name, type] of Object.entries(MODEL_FIELDS)) {
    const value = body[name]
    if (value === undefined || value === null) continue
    if (typeof value !== type) throw wrongType(name, type === 'number' ? 'a number' : 'a string', value)
    extra[name] = value as string | number
  }
  return extra
}

const LARGEST_SIDE = 4096

function sizeOf(size: string | undefined): ImageRequest['size'] {
  if (size === undefined || size === 'auto' || size === '') return undefined
  const [, width, height] = /^(\d{2,4})x(\d{2,4})$/.exec(size) ?? []
  const read = { width: Number(width), height: Number(height) }
  if (width === undefined || read.width > LARGEST_SIDE || read.height > LARGEST_SIDE)
    throw badValue('size', "Invalid 'size': send 'auto', or a width and a height in pixels, as in '1024x1024'.")
  return read
}

function onePicture(body: JsonObject, files: readonly SentFile[], name: 'image' | 'mask'): Picture | undefined {
  const sent = files.filter(({ field }) => field === name || field === `${name}[]`)
  const value = body[name]
  const given: readonly Json[] =
    value === undefined || value === null ? [] : Array.isArray(value) ? (value as readonly Json[]) : [value]
  if (sent.length + given.length > 1)
    throw new GatewayError('unsupported_value', `'${name}' holds several pictures; models here take one.`, { param: name })
  const [file] = sent
  if (file !== undefined) return pictureOf(file.bytes, name)
  const [text] = given
  if (text === undefined) return undefined
  const url = typeof text === 'string' ? parseDataUrl(text) : undefined
  if (url === undefined) throw badValue(name, `Invalid '${name}': send a file, or a data URL.`)
  return pictureOf(Buffer.from(url.base64, 'base64'), name)
}

function knownIn(body: JsonObject): ReadonlySet<string> {
  const neutral = Object.keys(NEUTRAL).filter((name) => NEUTRAL[name]!.includes(body[name] ?? null))
  return new Set([...KNOWN, ...Object.keys(MODEL_FIELDS), ...neutral])
}
