import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { Exchange } from './exchange.ts'
import { REGION, type S3Object } from './options.ts'
import type { Refusal } from './refusal.ts'
import { signedRegion } from './regions.ts'
import type { World } from './world.ts'

/** What a request to S3 names. */
export interface S3Target {
  readonly bucket: string
  /** Empty: the bucket itself. */
  readonly key: string
  readonly query: URLSearchParams
}

const SCOPE = /\/s3\/aws4_request/

/** The bucket and key of a request that is signed for S3, in path style or with the bucket in the host; undefined: it is another service's. */
export function s3Target({ headers, target }: Exchange): S3Target | undefined {
  const { authorization } = headers
  const isS3 = authorization === undefined ? headers['x-amz-content-sha256'] !== undefined : SCOPE.test(authorization)
  if (!isS3) return undefined
  const { pathname, searchParams: query } = new URL(`http://standin${target}`)
  const [, host] = /^([a-z0-9.-]+)\.s3[.-]/.exec(headers.host ?? '') ?? []
  const steps = pathname.slice(1)
  const end = steps.indexOf('/')
  const first = end < 0 ? steps : steps.slice(0, end)
  const rest = end < 0 ? '' : steps.slice(end + 1)
  return { bucket: host ?? first, key: decodeURIComponent(host === undefined ? rest : steps), query }
}

const OPERATIONS: Readonly<Record<string, string>> = {
  GET: 'GetObject',
  HEAD: 'HeadObject',
  PUT: 'PutObject',
  DELETE: 'DeleteObject'
}

/** The operation by its name in IAM's words; of a bucket only its list is known. */
export function s3Operation(method: string, { key }: S3Target): string {
  if (key === '') return method === 'GET' ? 'ListBucket' : 'Unknown'
  return OPERATIONS[method] ?? 'Unknown'
}

/** Answers one request: objects whole, conditional writes (S3 User Guide, "Conditional writes", 2024-11), lists (ListObjectsV2). */
export async function answerS3(exchange: Exchange, world: World, target: S3Target): Promise<void> {
  const bucket = world.objects.get(target.bucket)
  if (bucket === undefined) throw new S3Refusal(404, 'NoSuchBucket', 'The specified bucket does not exist')
  checkRegionOf(exchange)
  if (world.s3DelayMs > 0) await exchange.wait(world.s3DelayMs)
  if (target.key === '') return list(exchange, bucket, target, world.options.pageSize)
  if (Buffer.byteLength(target.key) > 1024) throw new S3Refusal(400, 'KeyTooLongError', 'Your key is too long')
  switch (exchange.method) {
    case 'PUT':
      return put(exchange, bucket, target.key)
    case 'GET':
    case 'HEAD':
      return get(exchange, bucket, target.key, world)
    case 'DELETE':
      bucket.delete(target.key)
      return exchange.sendText(204, '', {})
    default:
      throw new S3Refusal(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.')
  }
}

/** A refusal in the words of S3. */
export class S3Refusal extends Error {
  readonly status: number
  readonly code: string
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

/** How S3 calls what the signature's check and the rights refuse. */
const CODES: Readonly<Record<string, readonly [number, string]>> = {
  MissingAuthenticationTokenException: [403, 'AccessDenied'],
  InvalidSignatureException: [403, 'SignatureDoesNotMatch'],
  IncompleteSignatureException: [400, 'AuthorizationHeaderMalformed'],
  UnrecognizedClientException: [403, 'InvalidAccessKeyId'],
  AccessDeniedException: [403, 'AccessDenied'],
  ThrottlingException: [503, 'SlowDown']
}

/** Writes a refusal as S3 does: XML. */
export function sendS3Refusal(exchange: Exchange, refusal: Refusal | S3Refusal): void {
  const [status, code] =
    refusal instanceof S3Refusal ? [refusal.status, refusal.code] : (CODES[refusal.exception] ?? [400, 'InvalidRequest'])
  const headers = refusal instanceof S3Refusal ? refusal.headers : {}
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escaped(refusal.message)}</Message><RequestId>${exchange.requestId}</RequestId></Error>`
  exchange.sendText(status, exchange.method === 'HEAD' ? '' : body, { 'content-type': 'application/xml', ...headers })
}

function checkRegionOf({ headers }: Exchange): void {
  const region = signedRegion(headers.authorization)
  if (region === undefined || region === REGION) return
  const sentence =
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.'
  throw new S3Refusal(301, 'PermanentRedirect', sentence, { 'x-amz-bucket-region': REGION })
}

type Bucket = Map<string, S3Object>

function put({ headers, body, ...exchange }: Exchange, bucket: Bucket, key: string): void {
  if (headers['content-length'] === undefined)
    throw new S3Refusal(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.')
  checkSums(headers, body)
  checkConditions(headers, bucket.get(key))
  const etag = `"${createHash('md5').update(body).digest('hex')}-${crc32(key).toString(16)}"`
  bucket.set(key, { bytes: body, etag, type: headers['content-type'] ?? 'binary/octet-stream', writtenAt: Date.now() })
  exchange.sendText(200, '', { etag, 'x-amz-server-side-encryption': 'AES256' })
}

const UNMET = 'At least one of the pre-conditions you specified did not hold'
const UNKNOWN_CONDITION = 'A header you provided implies functionality that is not implemented'

function checkConditions(headers: Exchange['headers'], there: S3Object | undefined): void {
  const { 'if-none-match': none, 'if-match': match } = headers
  if (none !== undefined && (none !== '*' || match !== undefined)) throw new S3Refusal(501, 'NotImplemented', UNKNOWN_CONDITION)
  if (none !== undefined && there !== undefined) throw new S3Refusal(412, 'PreconditionFailed', UNMET)
  if (match === undefined) return
  if (there === undefined) throw new S3Refusal(404, 'NoSuchKey', 'The specified key does not exist.')
  if (there.etag !== match && there.etag !== `"${match}"`) throw new S3Refusal(412, 'PreconditionFailed', UNMET)
}

function checkSums(headers: Exchange['headers'], body: Buffer): void {
  if ((headers['content-encoding'] ?? '').includes('aws-chunked')) throw new S3Refusal(501, 'NotImplemented', UNKNOWN_CONDITION)
  const given = headers['x-amz-checksum-crc32']
  if (given !== undefined && given !== crcOf(body))
    throw new S3Refusal(400, 'BadDigest', 'The CRC32 you specified did not match the calculated checksum.')
  const md5 = headers['content-md5']
  if (md5 !== undefined && md5 !== createHash('md5').update(body).digest('base64'))
    throw new S3Refusal(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.')
}

function crcOf(body: Buffer): string {
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(body))
  return sum.toString('base64')
}

async function get(exchange: Exchange, bucket: Bucket, key: string, world: World): Promise<void> {
  const object = bucket.get(key)
  if (object === undefined) {
    // Who may not list the bucket is not told what is not there.
    if (world.denied.has('ListBucket')) throw new S3Refusal(403, 'AccessDenied', 'Access Denied')
    throw new S3Refusal(404, 'NoSuchKey', 'The specified key does not exist.')
  }
  exchange.openStream({
    'content-type': object.type,
    'content-length': String(object.bytes.length),
    etag: object.etag,
    'last-modified': new Date(object.writtenAt).toUTCString(),
    'accept-ranges': 'bytes',
    ...(exchange.headers['x-amz-checksum-mode'] === 'ENABLED' ? { 'x-amz-checksum-crc32': crcOf(object.bytes) } : {})
  })
  if (exchange.method === 'GET') await exchange.write(object.bytes)
  exchange.end()
}

function list(exchange: Exchange, bucket: Bucket, { bucket: name, query }: S3Target, pageSize: number): void {
  if (query.get('list-type') !== '2') throw new S3Refusal(501, 'NotImplemented', UNKNOWN_CONDITION)
  const prefix = query.get('prefix') ?? ''
  const after = query.get('continuation-token') ?? query.get('start-after') ?? ''
  const most = Math.min(Number(query.get('max-keys') ?? 1000), pageSize)
  const keys = [...bucket.keys()].filter((key) => key.startsWith(prefix) && key > after).sort()
  const page = keys.slice(0, most)
  const contents = page.map((key) => {
    const { etag, bytes, writtenAt } = bucket.get(key)!
    return `<Contents><Key>${escaped(key)}</Key><LastModified>${new Date(writtenAt).toISOString()}</LastModified><ETag>${escaped(etag)}</ETag><Size>${bytes.length}</Size></Contents>`
  })
  const isCut = keys.length > page.length
  const next = isCut ? `<NextContinuationToken>${escaped(page.at(-1) ?? '')}</NextContinuationToken>` : ''
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult><Name>${name}</Name><Prefix>${escaped(prefix)}</Prefix><KeyCount>${page.length}</KeyCount><MaxKeys>${most}</MaxKeys><IsTruncated>${isCut}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`
  exchange.sendText(200, body, { 'content-type': 'application/xml' })
}

function escaped(text: string): string {
  return text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
