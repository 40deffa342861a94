import { createHmac, hash } from 'node:crypto'
import type { Credentials } from '../../aws/credentials.ts'
import { memoize } from '../../core/bounded.ts'

/** A request as it goes out. */
export interface SignableRequest {
  readonly method: string
  /** Percent-encoded once, as it stands in the request line. */
  readonly path: string
  /** Percent-encoded and sorted `name=value` pairs; empty: none. */
  readonly query?: string
  /** Lower-case names; all of them are signed, so none that a proxy may change. `host` is among them. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

/** Signs requests of one region and service. */
export interface Signer {
  /** The given headers with date, body hash, session token and `authorization` beside them. `now` in milliseconds. */
  sign(request: SignableRequest, credentials: Credentials, now: number): Record<string, string>
}

const ALGORITHM = 'AWS4-HMAC-SHA256'

/**
 * Makes a signer of AWS Signature Version 4. It derives the key once for a day and a secret, which is most of the work;
 * what is left are four SHA-256 passes. It signs what `@smithy/signature-v4` signs, to the same bytes.
 */
export function createSigner(options: { readonly region: string; readonly service: string }): Signer {
  const { region, service } = options
  let keyFor = ''
  let key: Mac | undefined

  function signingKey(secret: string, day: string): Mac {
    const wanted = day + secret
    if (key === undefined || keyFor !== wanted) {
      key = createMac([day, region, service, 'aws4_request'].reduce<Buffer>(hmac, Buffer.from(`AWS4${secret}`)))
      keyFor = wanted
    }
    return key
  }

  let second = Number.NaN
  let stamp = ''

  /** Signatures know whole seconds, and many requests share one. */
  function dateAt(now: number): string {
    const wanted = Math.floor(now / 1000)
    if (wanted !== second) {
      second = wanted
      stamp = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '')
    }
    return stamp
  }

  return {
    sign(request, credentials, now) {
      const date = dateAt(now)
      const day = date.slice(0, 8)
      const bodyHash = hash('sha256', request.body, 'hex')
      const headers: Record<string, string> = { ...request.headers, 'x-amz-content-sha256': bodyHash, 'x-amz-date': date }
      if (credentials.sessionToken !== undefined) headers['x-amz-security-token'] = credentials.sessionToken
      const { names, signed } = inOrder(Object.keys(headers).join(';'))
      const canonical = canonicalRequest(request, headers, { names, signed, bodyHash })
      const scope = `${day}/${region}/${service}/aws4_request`
      const toSign = `${ALGORITHM}\n${date}\n${scope}\n${hash('sha256', canonical, 'hex')}`
      const signature = signingKey(credentials.secretAccessKey, day)(toSign)
      headers.authorization = `${ALGORITHM} Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`
      return headers
    }
  }
}

function canonicalRequest(
  request: SignableRequest,
  headers: Readonly<Record<string, string>>,
  { names, signed, bodyHash }: SignedNames & { readonly bodyHash: string }
): string {
  let lines = ''
  for (const name of names) lines += `${name}:${trimmed(headers[name]!)}\n`
  return `${request.method}\n${canonicalPath(request.path)}\n${request.query ?? ''}\n${lines}\n${signed}\n${bodyHash}`
}

interface SignedNames {
  /** In alphabetical order. */
  readonly names: readonly string[]
  readonly signed: string
}

/** The names of the headers, sorted; nearly every request has the same ones. */
const inOrder = memoize((joined: string): SignedNames => {
  const names = joined.split(';').sort()
  return { names, signed: names.join(';') }
}, 64)

function trimmed(value: string): string {
  return /\s/.test(value) ? value.replace(/\s+/g, ' ').trim() : value
}

// Every service but S3 wants the path, which is encoded already, encoded once more: `%3A` becomes `%253A`.
const canonicalPath = memoize((path: string) => percentEncode(path).replaceAll('%2F', '/'), 256)

/** Percent-encodes everything but letters, digits and `-._~`, as AWS wants it for labels in a path. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** HMAC-SHA256 of a text of ASCII with one secret, in hex. */
type Mac = (text: string) => string

const BLOCK_BYTES = 64
const HASH_BYTES = 32
/** What is signed is some 140 characters; of its parts only the name of the region has no fixed length. */
const MOST_SIGNED = 1024

/**
 * RFC 2104 with two one-shot hashes over blocks that stand ready: an Hmac object for each signature costs three times as much.
 * `secret` is no longer than a block.
 */
function createMac(secret: Buffer): Mac {
  const inner = Buffer.alloc(BLOCK_BYTES + MOST_SIGNED, 0x36)
  const outer = Buffer.alloc(BLOCK_BYTES + HASH_BYTES, 0x5c)
  for (const [at, byte] of secret.entries()) {
    inner[at] = byte ^ 0x36
    outer[at] = byte ^ 0x5c
  }
  return (text) => {
    if (text.length > MOST_SIGNED) throw new RangeError('the name of the region is too long to be one')
    const end = BLOCK_BYTES + inner.write(text, BLOCK_BYTES, 'latin1')
    outer.write(hash('sha256', inner.subarray(0, end), 'binary'), BLOCK_BYTES, 'latin1')
    return hash('sha256', outer, 'hex')
  }
}

function hmac(secret: Buffer, text: string): Buffer {
  return createHmac('sha256', secret).update(text).digest()
}
