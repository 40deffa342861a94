import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { CREDENTIALS } from './options.ts'
import { Refusal } from './refusal.ts'

/** What was sent, as far as a signature covers it. */
export interface SignedRequest {
  readonly method: string
  /** Path and query as sent, not decoded. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

const FORM =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request,\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/
const SKEW_MS = 5 * 60_000
const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'

/** Recomputes the signature of a request by the published algorithm and refuses it as AWS does when it is not right. */
export function checkSignature(request: SignedRequest, service: string, now: number): void {
  const authorization = request.headers.authorization
  if (authorization === undefined) throw new Refusal('MissingAuthenticationTokenException', 'Missing Authentication Token')
  if (authorization.startsWith('Bearer ')) return checkBearer(authorization, service)
  const form = FORM.exec(authorization)
  if (form === null)
    throw new Refusal('IncompleteSignatureException', `Authorization header is not of the AWS4-HMAC-SHA256 form.`)
  const [, keyId, date, region, scope, signed, signature] = form as unknown as string[] & { length: 7 }
  const secret = knownSecret(`${keyId}`, request.headers)
  checkScope({ date: `${date}`, scope: `${scope}`, service, sentAt: `${request.headers['x-amz-date']}`, now })
  const canonical = canonicalRequest(request, `${signed}`.split(';'), service)
  const toSign = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], `${date}/${region}/${scope}/aws4_request`, sha256(canonical)]
  const key = [`${date}`, `${region}`, `${scope}`, 'aws4_request'].reduce<Buffer>(
    (k, part) => hmac(k, part),
    Buffer.from(`AWS4${secret}`)
  )
  const expected = hmac(key, toSign.join('\n'))
  if (!timingSafeEqual(expected, Buffer.from(`${signature}`, 'hex'))) throw new Refusal('InvalidSignatureException', MISMATCH)
}

function checkBearer(authorization: string, service: string): void {
  if (service.startsWith('bedrock') && authorization === `Bearer ${CREDENTIALS.bearerKey}`) return
  throw new Refusal('AccessDeniedException', 'Authentication failed: Please make sure your API Key is valid.')
}

function knownSecret(keyId: string, headers: SignedRequest['headers']): string {
  const token = headers['x-amz-security-token']
  const longTerm = keyId === CREDENTIALS.accessKeyId && token === undefined
  const ofRole = keyId === CREDENTIALS.containerAccessKeyId || keyId === CREDENTIALS.otherAccessKeyId
  const shortTerm = ofRole && token === CREDENTIALS.sessionToken
  if (longTerm || shortTerm) return CREDENTIALS.secretAccessKey
  throw new Refusal('UnrecognizedClientException', 'The security token included in the request is invalid.')
}

interface Scope {
  readonly date: string
  readonly scope: string
  readonly service: string
  readonly sentAt: string
  readonly now: number
}

function checkScope({ date, scope, service, sentAt, now }: Scope): void {
  if (scope !== service) {
    throw new Refusal('InvalidSignatureException', `Credential should be scoped to correct service: '${service}'. `)
  }
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(sentAt)
  if (parts === null) throw new Refusal('IncompleteSignatureException', 'Date must be in ISO-8601 basic format in x-amz-date.')
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number)
  const sent = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second)
  if (!sentAt.startsWith(date)) {
    throw new Refusal(
      'InvalidSignatureException',
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP`
    )
  }
  if (sent < now - SKEW_MS) {
    throw new Refusal(
      'InvalidSignatureException',
      `Signature expired: ${sentAt} is now earlier than ${basicDate(now - SKEW_MS)} (${basicDate(now)} - 5 min.)`
    )
  }
  if (sent > now + SKEW_MS) {
    throw new Refusal(
      'InvalidSignatureException',
      `Signature not yet current: ${sentAt} is still later than ${basicDate(now + SKEW_MS)} (${basicDate(now)} + 5 min.)`
    )
  }
}

function canonicalRequest(request: SignedRequest, signed: readonly string[], service: string): string {
  // The AWS SDK signs `:authority` in place of `host` when it speaks HTTP/2.
  const host = signed.includes(':authority') ? ':authority' : 'host'
  const wanted = [host, ...Object.keys(request.headers).filter(mustBeSigned)]
  const absent = wanted.find((name) => !signed.includes(name))
  if (absent !== undefined)
    throw new Refusal('InvalidSignatureException', `'${absent}' must be a signed header in the AWS Authorization.`)
  const [path = '/', query = ''] = splitOnce(request.target, '?')
  const hash = sha256(request.body)
  if (service === 's3' && request.headers['x-amz-content-sha256'] === undefined)
    throw new Refusal('InvalidSignatureException', 'Missing required header for this request: x-amz-content-sha256')
  if ((request.headers['x-amz-content-sha256'] ?? hash) !== hash) throw new Refusal('InvalidSignatureException', MISMATCH)
  const headers = signed.map((name) => `${name}:${(request.headers[name] ?? '').trim().replace(/\s+/g, ' ')}\n`).join('')
  return [request.method, canonicalPath(path, service), canonicalQuery(query), headers, signed.join(';'), hash].join('\n')
}

const mustBeSigned = (name: string) => name.startsWith('x-amz-') && name !== 'x-amz-user-agent'

// The path arrives percent-encoded once; the canonical form encodes what arrived once more.
// S3 alone takes it as it stands, since its keys may hold anything.
const canonicalPath = (path: string, service: string) =>
  service === 's3'
    ? path
        .split('/')
        .map((step) => encodeStrict(decodeURIComponent(step)))
        .join('/')
    : service === 'none'
      ? path
      : path.split('/').map(encodeStrict).join('/')

function canonicalQuery(query: string): string {
  if (query === '') return ''
  const pairs = query.split('&').map((pair) => splitOnce(pair, '=').map((part) => encodeStrict(decodeURIComponent(part ?? ''))))
  return pairs
    .map(([name, value = '']) => `${name}=${value}`)
    .sort()
    .join('&')
}

const encodeStrict = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

const splitOnce = (text: string, mark: string) => {
  const at = text.indexOf(mark)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')
const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest()
const basicDate = (time: number) => new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '')
