/** A data URL taken apart. The payload is base64 whatever the URL had. */
export interface DataUrl {
  /** Lower case, without parameters; empty when the URL names none. */
  readonly mediaType: string
  readonly base64: string
}

// A payload may be tens of megabytes: it is cut at the comma, never matched by an expression over the whole URL.
const LONGEST_HEADER = 512

/** Reads `data:` URLs as they occur in the wild: any case, parameters before `base64`, no type. `undefined`: not one, or broken. */
export function parseDataUrl(url: string): DataUrl | undefined {
  if (!isDataUrl(url)) return undefined
  const comma = url.slice(0, LONGEST_HEADER).indexOf(',')
  if (comma < 0) return undefined
  const [mediaType = '', ...parameters] = url.slice(5, comma).toLowerCase().split(';')
  const payload = url.slice(comma + 1)
  const isBase64 = parameters.some((parameter) => parameter.trim() === 'base64')
  const base64 = isBase64 ? cleanBase64(payload) : percentDecoded(payload).toString('base64')
  return base64 === undefined ? undefined : { mediaType: mediaType.trim(), base64 }
}

/** Whether a URL is a data URL, good or broken. */
export function isDataUrl(url: string): boolean {
  return url.slice(0, 5).toLowerCase() === 'data:'
}

/**
 * Base64 in its standard alphabet and with its padding; `undefined` when it is none. The URL alphabet, line breaks and percent-encoded
 * characters are put right.
 */
export function cleanBase64(text: string): string | undefined {
  const strange = text.search(BEYOND_ALPHABET)
  const isClean = strange < 0 || PADDING.test(text.slice(strange, strange + 3))
  return isClean ? padded(strange < 0 ? text : text.slice(0, strange)) : recoded(text)
}

// One search for the first strange character: over 20 MB it takes a fifth of the time of matching the whole alphabet.
const BEYOND_ALPHABET = /[^A-Za-z0-9+/]/
const PADDING = /^={1,2}$/

function padded(bare: string): string | undefined {
  if (bare === '' || bare.length % 4 === 1) return undefined
  return bare.length % 4 === 0 ? bare : bare.padEnd(Math.ceil(bare.length / 4) * 4, '=')
}

const LOOSE_PADDING = /^\s*(?:=\s*){0,2}$/
const LONGEST_PADDING = 64

/** Reads both alphabets natively, since replacing characters one by one takes seconds for a picture of twelve megabytes. */
function recoded(text: string): string | undefined {
  const plain = text.includes('%') ? percentDecoded(text).toString('latin1') : text
  const end = plain.indexOf('=')
  const body = end < 0 ? plain : plain.slice(0, end)
  if (plain.length - body.length > LONGEST_PADDING || !LOOSE_PADDING.test(plain.slice(body.length))) return undefined
  // A character beyond ASCII would be read as the letter that its last byte is.
  if (Buffer.byteLength(body, 'utf8') !== body.length) return undefined
  // Characters of no alphabet are passed over, so the bytes are fewer where there is one: then it is looked whether they are blanks.
  const bytes = Buffer.from(body, 'base64')
  const isWhole = body.length % 4 !== 1 && bytes.length === Math.floor((body.length * 3) / 4)
  const letters = isWhole ? body.length : countLetters(body)
  return letters === 0 || letters % 4 === 1 ? undefined : bytes.toString('base64')
}

/** How many letters of either alphabet there are beside blanks; 0 when there is anything else. */
function countLetters(body: string): number {
  const codes = Buffer.from(body, 'latin1')
  let count = 0
  for (let at = 0; at < codes.length; at++) {
    const kind = KINDS[codes[at]!]!
    if (kind === STRANGE) return 0
    count += kind
  }
  return count
}

const STRANGE = 2
/** By byte: 1 for a letter, 0 for a blank. */
const KINDS = Uint8Array.from({ length: 256 }, (_, code) => {
  const character = String.fromCharCode(code)
  return /[A-Za-z0-9+/_-]/.test(character) ? 1 : /[ \t\r\n\f]/.test(character) ? 0 : STRANGE
})

const PERCENT = 0x25

/** The bytes that a percent-encoded text stands for; a percent sign that begins no such byte is itself (url.spec.whatwg.org, 2026-11). */
function percentDecoded(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8')
  let to = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!
    const high = byte === PERCENT ? hexDigit(bytes[at + 1]) : -1
    const low = high < 0 ? -1 : hexDigit(bytes[at + 2])
    bytes[to++] = low < 0 ? byte : high * 16 + low
    if (low >= 0) at += 2
  }
  return bytes.subarray(0, to)
}

/** 0 to 15; -1: not a hexadecimal digit. */
function hexDigit(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
