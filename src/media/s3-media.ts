import type { Place as FieldPlace } from '../core/field.ts'
import { isJsonObject, type Json } from '../core/json.ts'
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
