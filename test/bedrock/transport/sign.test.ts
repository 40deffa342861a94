import { createHash, createHmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import fc from 'fast-check'
import t from 'tap'
import type { Credentials } from '../../../src/aws/credentials.ts'
import { createSigner, percentEncode } from '../../../src/bedrock/transport/sign.ts'

/** The hash constructor that the SDK's signer asks for. */
class Sha256 {
  readonly hash
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as Buffer)
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(data as Buffer)
  }
  async digest(): Promise<Uint8Array> {
    return this.hash.digest()
  }
  reset(): void {}
}

interface Asked {
  readonly path: string
  readonly query: Record<string, string>
  readonly headers: Record<string, string>
  readonly body: string
  readonly credentials: Credentials
  readonly region: string
  readonly now: number
}

async function signedBySdk(asked: Asked): Promise<Record<string, string>> {
  const signer = new SignatureV4({ region: asked.region, service: 'bedrock', credentials: asked.credentials, sha256: Sha256 })
  const request = {
    method: 'POST',
    protocol: 'https:',
    hostname: 'example.com',
    path: asked.path,
    query: asked.query,
    headers: asked.headers,
    body: asked.body
  }
  return (await signer.sign(request, { signingDate: new Date(asked.now) })).headers
}

function signedByUs(asked: Asked): Record<string, string> {
  const query = Object.keys(asked.query)
    .sort()
    .map((name) => `${percentEncode(name)}=${percentEncode(asked.query[name]!)}`)
    .join('&')
  const { path, headers, body } = asked
  return createSigner({ region: asked.region, service: 'bedrock' }).sign(
    { method: 'POST', path, query, headers, body },
    asked.credentials,
    asked.now
  )
}

const asked = fc.record({
  path: fc
    .oneof(
      fc.constantFrom(
        'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
        'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123',
        "model with spaces/!'()*~ä😀"
      ),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    )
    .filter((id) => id !== '.' && id !== '..')
    .map((id) => `/model/${percentEncode(id)}/converse`),
  query: fc.dictionary(fc.stringMatching(/^[a-zA-Z]{1,8}$/), fc.string({ unit: 'grapheme', maxLength: 10 }), {
    maxKeys: 3,
    noNullPrototype: true
  }),
  headers: fc.constantFrom<Record<string, string>>(
    { host: 'bedrock-runtime.us-east-1.amazonaws.com', 'content-type': 'application/json' },
    { host: '127.0.0.1:8081', 'x-amzn-bedrock-trace': '  ENABLED   twice ', 'content-type': 'application/json' }
  ),
  body: fc.string({ unit: 'grapheme', maxLength: 200 }),
  credentials: fc.record(
    {
      accessKeyId: fc.stringMatching(/^[A-Z0-9]{16,20}$/),
      secretAccessKey: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 }),
      sessionToken: fc.base64String({ minLength: 4, maxLength: 200 })
    },
    { requiredKeys: ['accessKeyId', 'secretAccessKey'], noNullPrototype: true }
  ),
  region: fc.constantFrom('us-east-1', 'eu-central-1', 'us-gov-west-1'),
  now: fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2040, 0) })
})

t.test('signs to the same bytes as the AWS SDK: profiles, ARNs, unicode, queries, session tokens', async (t) => {
  await fc.assert(
    fc.asyncProperty(asked, async (one) => {
      const theirs = await signedBySdk(one)
      t.strictSame(signedByUs(one), { ...theirs })
    }),
    { numRuns: 200 }
  )
})

t.test('a new day, a new secret and a new region each get a new key from the same signer', async (t) => {
  const signer = createSigner({ region: 'us-east-1', service: 'bedrock' })
  const headers = { host: 'example.com' }
  const request = { method: 'POST', path: '/', headers, body: '{}' }
  for (const secretAccessKey of ['one', 'two'])
    for (const now of [Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 2), Date.UTC(2026, 0, 1)]) {
      const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey }
      const wanted = await signedBySdk({ path: '/', query: {}, headers, body: '{}', credentials, region: 'us-east-1', now })
      t.strictSame(signer.sign(request, credentials, now), { ...wanted })
    }
})
