import { toJson } from './json.ts'

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

/**
 * The same bytes in memory of their own. What is joined or cut is kept by the engine as a view of its parts, which is right for what is
 * written once: what is kept or used again should neither hold a whole read in memory nor be put together anew each time.
 */
export function compact(bytes: ByteString): ByteString {
  return Buffer.from(bytes, 'latin1').toString('latin1')
}

/** A value as JSON, in bytes; its strings are Unicode, as those of `toJson`. */
export function jsonBytes(value: unknown): ByteString {
  return byteString(toJson(value))
}
