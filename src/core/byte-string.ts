/**
 * UTF-8 as it goes over the wire, one character (0 to 255) for each byte; the term is Web IDL's. Its length is its size, it joins like
 * any string, and bytes that came can be put into it as they are. ASCII text is its own byte string.
 */
export type ByteString = string

const BEYOND_ASCII = /[^\0-\x7f]/

/** The bytes of a text. */
export function byteString(text: string): ByteString {
  return BEYOND_ASCII.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text
}

/** A value as JSON, in bytes. */
export function jsonBytes(value: unknown): ByteString {
  return byteString(JSON.stringify(value))
}
