/** What a file is, by the kind of block that carries it. */
export type MediaKind = 'image' | 'document' | 'video' | 'audio'

export interface MediaType {
  readonly kind: MediaKind
  /** Bedrock's word for the format. */
  readonly format: string
}

export type ImageFormat = 'png' | 'jpeg' | 'gif' | 'webp'

const FORMATS: Record<MediaKind, readonly string[]> = {
  image: ['png', 'jpeg', 'gif', 'webp'],
  document: ['pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md'],
  video: ['mp4', 'mov', 'mkv', 'webm', 'flv', 'mpeg', 'mpg', 'wmv', 'three_gp'],
  audio: ['mp3', 'wav', 'aac', 'flac', 'ogg', 'opus', 'm4a', 'mka', 'pcm']
}

/** Words that callers use for a format Bedrock calls otherwise. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  jpg: 'jpeg',
  htm: 'html',
  xhtml: 'html',
  markdown: 'md',
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

/** What a declared media type stands for; any other `text/*` is plain text. */
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
  const found = kinds.map((kind) => typeOfWord(subtype.replace(/^x-/, ''), kind)).find((each) => each !== undefined)
  return found ?? (family === 'text' ? { kind: 'document', format: 'txt' } : undefined)
}

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

/** What the first bytes say; they are right when the declared type is not. */
export function typeOfBytes(base64: string): MediaType | undefined {
  const head = atob(base64.slice(0, 64))
  const found = MAGIC.find(([offset, mark]) => head.startsWith(mark, offset))
  if (found === undefined) return undefined
  if (found[1] !== 'RIFF') return found[2]
  return RIFF[head.slice(8, 12)]
}

const RIFF: Readonly<Record<string, MediaType>> = {
  WEBP: { kind: 'image', format: 'webp' },
  WAVE: { kind: 'audio', format: 'wav' }
}

const MAGIC: readonly (readonly [offset: number, mark: string, type: MediaType])[] = [
  [0, '\x89PNG', { kind: 'image', format: 'png' }],
  [0, '\xff\xd8\xff', { kind: 'image', format: 'jpeg' }],
  [0, 'GIF8', { kind: 'image', format: 'gif' }],
  [0, 'RIFF', { kind: 'image', format: 'webp' }],
  [0, '%PDF', { kind: 'document', format: 'pdf' }],
  [4, 'ftypqt', { kind: 'video', format: 'mov' }],
  [4, 'ftyp3g', { kind: 'video', format: 'three_gp' }],
  [4, 'ftypM4A', { kind: 'audio', format: 'm4a' }],
  [4, 'ftyp', { kind: 'video', format: 'mp4' }],
  [0, '\x1aE\xdf\xa3', { kind: 'video', format: 'mkv' }],
  [0, 'FLV\x01', { kind: 'video', format: 'flv' }],
  [0, 'ID3', { kind: 'audio', format: 'mp3' }],
  [0, 'fLaC', { kind: 'audio', format: 'flac' }],
  [0, 'OggS', { kind: 'audio', format: 'ogg' }]
]
