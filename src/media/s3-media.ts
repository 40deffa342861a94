import type { Place as FieldPlace } from '../core/field.ts'
import { isJsonObject, type Json } from '../core/json.ts'
import { endOfString } from '../core/json-string-end.ts'
import type { ChatRequest } from '../core/request.ts'
import type { MediaBlock } from '../core/turn.ts'
import { GatewayError } from '../errors.ts'

interface Place {
  readonly bucket: string
  /** Empty, or with a slash at its end. */
  readonly prefix: string
}

/**
 * Makes the check of media in S3: Bedrock reads an object with the gateway's own rights, so a caller could have anything read to it that
 * the gateway may read. Only objects in the operator's places pass, each a `bucket` or `bucket/prefix` (`s3://` before it and a slash behind
 * it say nothing); without places none does. The check throws a 400 that names the block.
 */
export function createS3Check(places: readonly string[]): S3Check {
  const allowed = places.map(placeOf)
  function check(uri: string, at: FieldPlace): void {
    if (allowed.some((place) => lies(uri, place))) return
    const why = allowed.length === 0 ? 'This gateway takes no s3:// media' : 'This gateway takes no media from that place in S3'
    throw new GatewayError('unsupported_value', `${why}; send the data itself.`, at)
  }
  return {
    block({ source, path = 'messages' }) {
      if (source.type === 's3') check(source.uri, { param: path })
    },
    passed(body) {
      for (const { uri, param } of locationsIn(body)) check(uri, { param })
    },
    native({ extraFields = {}, looseFields }) {
      for (const name in extraFields) {
        const field = looseFields?.has(name) ? (`extraFields.${name}` as const) : 'extraFields'
        for (const uri of addressesIn(extraFields[name] ?? null)) check(uri, { field })
      }
    }
  }
}

export interface S3Check {
  block(block: MediaBlock): void
  /** The same for fields of the model's native body, which may name objects too. */
  native(request: Pick<ChatRequest, 'extraFields' | 'looseFields'>): void
  /** The same for a whole body in Bedrock's or a model's own words, as bytes; one that is no JSON names nothing. */
  passed(body: Buffer): void
}

/** Whether a body may name an object of S3 at all: hardly any does, and then it is not looked through. */
export function mayNameObjects(body: Buffer): boolean {
  return HINTS.some((hint) => body.includes(hint))
}

/** The scheme as it is written, and how a letter or a digit of it is escaped. */
const HINTS = ['s3:', 'S3:', '\\u00'] as const

/** Members below which everything is the caller's own: arguments, results and schemas of tools. */
const OWN = new Set(['toolUse', 'json', 'toolConfig', 'tools'])
const MOST_LEVELS = 1000
/** Names and texts of a body. */
const MOST_STRINGS = 100_000
const TOO_DEEP = `A body that may name objects of S3 is nested deeper than ${MOST_LEVELS} levels.`
const TOO_MANY = `A body that may name objects of S3 has more than ${MOST_STRINGS} names and texts.`

interface Location {
  readonly uri: string
  readonly param: string
}

/** A member that encloses what is being looked at. */
interface Enclosing {
  readonly name: string
  /** It, or one around it, has a name; is named for S3; is the caller's own. */
  readonly isNamed: boolean
  readonly isS3: boolean
  readonly isOwn: boolean
}

/**
 * Addresses below members named for S3 (`s3Location.uri`), read from the bytes: of a member that is given twice nobody knows which one
 * Bedrock takes, so that both count. What a place means is found when it is entered: there may be a hundred thousand texts a thousand levels deep.
 */
function* locationsIn(json: Buffer): Generator<Location> {
  const path: Enclosing[] = []
  let name = ''
  let strings = 0
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      if (path.push(enter(name, path)) > MOST_LEVELS) throw new GatewayError('invalid_request', TOO_DEEP)
      name = ''
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      name = path.pop()?.name ?? ''
    } else if (byte === COMMA && path.length > 0) name = ''
    else if (byte === QUOTE) {
      if (++strings > MOST_STRINGS) throw new GatewayError('invalid_request', TOO_MANY)
      const end = endOfString(json, at + 1)
      const isName = json[behindBlanks(json, end + 1)] === COLON
      if (isName) name = textAt(json, at, Math.min(end, at + LONGEST_NAME))
      else if (mayBegin(json[at + 1])) {
        const uri = textAt(json, at, Math.min(end, at + LONGEST_URI)).trim()
        const { isS3, isOwn } = enter(name, path)
        if (isS3 && !isOwn && /^s3:/i.test(uri)) yield { uri, param: pathOf(path, name) }
      }
      at = end
    }
  }
}

/** Of an address: its letter, a blank before it, or an escape of either. */
function mayBegin(byte: number | undefined): boolean {
  return byte === 0x73 || byte === 0x53 || byte === BACKSLASH || (byte !== undefined && (byte <= 0x20 || byte >= 0x80))
}

/** Arguments of a call in the words of Claude are `input` too; that of CountTokens is the body's own. */
function enter(name: string, path: readonly Enclosing[]): Enclosing {
  const around = path.at(-1)
  return {
    name,
    isNamed: around?.isNamed === true || name !== '',
    isS3: around?.isS3 === true || /s3/i.test(name),
    isOwn: around?.isOwn === true || OWN.has(name) || (around?.isNamed === true && name === 'input')
  }
}

function pathOf(path: readonly Enclosing[], name: string): string {
  return [...path.map((each) => each.name), name].filter((step) => step !== '').join('.')
}

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_LIST = 0x5b
const BACKSLASH = 0x5c
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const LONGEST_NAME = 256
const LONGEST_URI = 8192

function behindBlanks(json: Buffer, at: number): number {
  let behind = at
  while (json[behind] === 0x20 || json[behind] === 0x09 || json[behind] === 0x0a || json[behind] === 0x0d) behind++
  return behind
}

/** The text of a string whose quote is at `at`, of as much as ends before `end`; empty where it has a broken escape. */
function textAt(json: Buffer, at: number, end: number): string {
  const written = json.toString('utf8', at + 1, end)
  if (!written.includes('\\')) return written
  return written.replace(/\\u([0-9a-f]{4})|\\(.)/gi, (_, code: string | undefined, sign: string | undefined) =>
    code === undefined ? (sign ?? '') : String.fromCharCode(Number.parseInt(code, 16))
  )
}

function* addressesIn(value: Json): Generator<string> {
  if (typeof value === 'string') {
    if (/^\s*s3:/i.test(value.slice(0, LONGEST_BLANK))) yield value
  } else if (Array.isArray(value)) {
    for (const item of value) yield* addressesIn(item)
  } else if (isJsonObject(value)) {
    for (const name in value) yield* addressesIn(value[name] ?? null)
  }
}

const LONGEST_BLANK = 64

function placeOf(written: string): Place {
  const [bucket = '', ...steps] = written.replace(/^s3:\/\//, '').split('/')
  const prefix = steps.join('/').replace(/\/+$/, '')
  return { bucket, prefix: prefix === '' ? '' : `${prefix}/` }
}

const URI = /^s3:\/\/([^/]+)\/(.+)$/s

/** Steps up and encoded separators mean nothing to S3, but may to who takes an address apart before it asks S3. */
const TRICK = /(?:^|[/\\])\.{1,2}(?:[/\\]|$)|[\\\p{Cc}]|%(?:2[ef]|5c|25|00)/iu

function lies(uri: string, { bucket, prefix }: Place): boolean {
  const [, own, key = ''] = URI.exec(uri) ?? []
  return own === bucket && key.startsWith(prefix) && !TRICK.test(key)
}
