/** What a file is, by the kind of block that carries it. */
export type MediaKind = 'image' | 'document' | 'video' | 'audio'

export interface MediaType {
  readonly kind: MediaKind
  /** Bedrock's word for the format. */
  readonly format: string
}

export type ImageFormat = 'png' | 'jpeg' | 'gif' | 'webp'

/** The pictures that models take, for sentences. */
export const IMAGE_NAMES = 'PNG, JPEG, GIF or WebP'

/** Bedrock's words, as its API lists them (ImageFormat, DocumentFormat, VideoFormat, AudioFormat of SDK 3.1163). */
const FORMATS: Record<MediaKind, readonly string[]> = {
  image: ['png', 'jpeg', 'gif', 'webp'],
  document: ['pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md'],
  video: ['mp4', 'mov', 'mkv', 'webm', 'flv', 'mpeg', 'mpg', 'wmv', 'three_gp'],
  audio: ['mp3', 'wav', 'aac', 'flac', 'ogg', 'opus', 'm4a', 'mka', 'pcm', 'mp4', 'mkv', 'webm', 'mpeg', 'x-aac']
}

/** Words that callers use for a format Bedrock calls otherwise. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  jpg: 'jpeg',
  htm: 'html',
  xhtml: 'html',
  markdown: 'md',
  text: 'txt',
  '3gp': 'three_gp',
  '3gpp': 'three_gp',
  quicktime: 'mov',
  mpga: 'mp3',
  pcm16: 'pcm',
  msword: 'doc',
  'ms-excel': 'xls'
}

/** Media types whose last part is not the format. */
const MEDIA_TYPES: Readonly<Record<string, MediaType>> = {
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': { kind: 'document', format: 'docx' },
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': { kind: 'document', format: 'xlsx' },
  'application/vnd.ms-excel': { kind: 'document', format: 'xls' },
  'application/json': { kind: 'document', format: 'txt' },
  'application/xml': { kind: 'document', format: 'txt' },
  'application/x-yaml': { kind: 'document', format: 'txt' },
  'application/javascript': { kind: 'document', format: 'txt' },
  'text/plain': { kind: 'document', format: 'txt' },
  'audio/mpeg': { kind: 'audio', format: 'mp3' },
  'audio/mp4': { kind: 'audio', format: 'm4a' },
  'audio/l16': { kind: 'audio', format: 'pcm' },
  'video/x-matroska': { kind: 'video', format: 'mkv' },
  'video/x-flv': { kind: 'video', format: 'flv' },
  'video/x-ms-wmv': { kind: 'video', format: 'wmv' }
}

/** What a declared media type stands for; any other `text/*` is plain text, and pictures that no model takes have a type too. */
export function typeOfMediaType(mediaType: string): MediaType | undefined {
  const type = mediaType.split(';')[0]?.trim().toLowerCase() ?? ''
  const listed = Object.hasOwn(MEDIA_TYPES, type) ? MEDIA_TYPES[type] : undefined
  if (listed !== undefined) return listed
  const [family = '', subtype = ''] = type.split('/')
  const kinds: readonly MediaKind[] =
    family === 'image' || family === 'video' || family === 'audio'
      ? [family]
      : family === 'text' || family === 'application'
        ? ['document']
        : []
  const word = subtype.replace(/^x-/, '')
  const found = kinds.map((kind) => typeOfWord(word, kind)).find((each) => each !== undefined)
  if (found !== undefined) return found
  if (family === 'image') return { kind: 'image', format: word.replace(/[^a-z0-9].*$/s, '').slice(0, LONGEST_WORD) }
  return family === 'text' ? { kind: 'document', format: 'txt' } : undefined
}

const LONGEST_WORD = 10

/** Tells a picture that models take from one that none does (HEIC, AVIF, BMP, SVG, ...), and from everything else. */
export function isUsableImage(type: MediaType | undefined): boolean {
  return type?.kind === 'image' && FORMATS.image.includes(type.format)
}

/** Whether a file of this type is text, with no mark of its own among its first bytes. */
export function isTextType({ kind, format }: MediaType): boolean {
  return kind === 'document' && TEXT_FORMATS.includes(format)
}

const TEXT_FORMATS: readonly string[] = ['csv', 'html', 'txt', 'md']

/** What a format word such as `jpg` or `mp3` stands for among the formats of one kind. */
export function typeOfWord(word: string, kind: MediaKind): MediaType | undefined {
  const lower = word.toLowerCase()
  const format = (Object.hasOwn(OTHER_WORDS, lower) ? OTHER_WORDS[lower] : undefined) ?? lower
  return FORMATS[kind].includes(format) ? { kind, format } : undefined
}

/** What a file name or a URL's last step says by its extension. */
export function typeOfName(name: string): MediaType | undefined {
  const extension = /\.([a-z0-9]{1,10})(?:[?#].*)?$/i.exec(name.slice(-256))?.[1]
  if (extension === undefined) return undefined
  for (const kind of ['image', 'document', 'video', 'audio'] as const) {
    const type = typeOfWord(extension, kind)
    if (type !== undefined) return type
  }
  return PLAIN_TEXT.has(extension.toLowerCase()) ? { kind: 'document', format: 'txt' } : undefined
}

const PLAIN_TEXT = new Set(
  'text log json jsonl xml yaml yml toml ini conf py js ts jsx tsx java c h cpp hpp cs go rs rb php sh sql css scss kt swift r tex'.split(
    ' '
  )
)

/** The formats a kind may have, for error sentences. */
export function formatsOf(kind: MediaKind): readonly string[] {
  return FORMATS[kind]
}

/** What the first bytes say; they are right when the declared type is not. Pictures that no model takes are told as well. */
export function typeOfBytes(base64: string): MediaType | undefined {
  const head = atob(base64.slice(0, 64))
  if (head.startsWith('ftyp', 4)) return typeOfBrand(head.slice(8, 12))
  const found = MAGIC.find(([offset, mark]) => head.startsWith(mark, offset))
  if (found === undefined) return head.startsWith('BM') && head.startsWith('\0\0\0\0', 6) ? BMP : undefined
  if (found[1] !== 'RIFF') return found[2]
  return RIFF[head.slice(8, 12)]
}

const PAGE = /^(?:\xef\xbb\xbf)?\s*(?:<[!?a-z]|\{\s*")/i

/** Whether a file begins as pages and answers in JSON do, which come in place of a picture or a film behind a login. */
export function isPage(base64: string): boolean {
  return PAGE.test(atob(base64.slice(0, 64)))
}

const RIFF: Readonly<Record<string, MediaType>> = {
  WEBP: { kind: 'image', format: 'webp' },
  WAVE: { kind: 'audio', format: 'wav' }
}

/** Two letters alone would be the beginning of any text about a BMW. */
const BMP: MediaType = { kind: 'image', format: 'bmp' }

/** ISO base media files hold video, sound or pictures: the brand tells (mp4ra.org/registered-types/brands, 2026-11). */
const BRANDS: readonly (readonly [brand: RegExp, type: MediaType])[] = [
  [/^avi[fos]/, { kind: 'image', format: 'avif' }],
  [/^(?:he[iv][cmsx]|MiH[AEB])/, { kind: 'image', format: 'heic' }],
  [/^(?:m[is]f[12]|miaf|pred)/, { kind: 'image', format: 'heif' }],
  [/^crx /, { kind: 'image', format: 'cr3' }],
  [/^(?:jp2|jpm|jpx|mjp2|j2ki|j2is)/, { kind: 'image', format: 'jp2' }],
  [/^qt/, { kind: 'video', format: 'mov' }],
  [/^3g/, { kind: 'video', format: 'three_gp' }],
  [/^M4[AB]/, { kind: 'audio', format: 'm4a' }]
]
const MP4: MediaType = { kind: 'video', format: 'mp4' }

function typeOfBrand(brand: string): MediaType {
  return BRANDS.find(([pattern]) => pattern.test(brand))?.[1] ?? MP4
}

const MAGIC: readonly (readonly [offset: number, mark: string, type: MediaType])[] = [
  [0, '\x89PNG', { kind: 'image', format: 'png' }],
  [0, '\xff\xd8\xff', { kind: 'image', format: 'jpeg' }],
  [0, 'GIF8', { kind: 'image', format: 'gif' }],
  [0, 'RIFF', { kind: 'image', format: 'webp' }],
  [0, '%PDF', { kind: 'document', format: 'pdf' }],
  [0, '\x1aE\xdf\xa3', { kind: 'video', format: 'mkv' }],
  [0, 'FLV\x01', { kind: 'video', format: 'flv' }],
  [0, 'ID3', { kind: 'audio', format: 'mp3' }],
  [0, 'fLaC', { kind: 'audio', format: 'flac' }],
  [0, 'OggS', { kind: 'audio', format: 'ogg' }],
  [0, 'II*\0', { kind: 'image', format: 'tiff' }],
  [0, 'MM\0*', { kind: 'image', format: 'tiff' }],
  [0, 'II+\0', { kind: 'image', format: 'tiff' }],
  [0, 'MM\0+', { kind: 'image', format: 'tiff' }],
  [0, '\0\0\x01\0', { kind: 'image', format: 'ico' }],
  [0, '\0\0\x02\0', { kind: 'image', format: 'cur' }],
  [0, '8BPS', { kind: 'image', format: 'psd' }],
  [0, '\xff\x0a', { kind: 'image', format: 'jxl' }],
  [4, 'JXL ', { kind: 'image', format: 'jxl' }],
  [4, 'jP  ', { kind: 'image', format: 'jp2' }]
]
