import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import type { Credentials } from '../../src/aws/credentials.ts'
import { createCredentialSource, sdkCredentials } from '../../src/aws/credentials.ts'
import { failing, setEnv } from '../bedrock/build.ts'

const minute = 60_000

/** A source over a loader that hands out numbered sets which live for an hour. */
function numbered(clock: { at: number }, fail: { on: boolean } = { on: false }) {
  const loads: boolean[] = []
  const source = createCredentialSource({
    now: () => clock.at,
    load: async (fresh) => {
      loads.push(fresh)
      if (fail.on) throw new Error('no role today')
      return { accessKeyId: `AKIA${loads.length}`, secretAccessKey: 'secret', expiration: new Date(clock.at + 60 * minute) }
    }
  })
  return { source, loads }
}

t.test('many callers at once share one load', async (t) => {
  const { source, loads } = numbered({ at: 0 })
  const all = await Promise.all(Array.from({ length: 50 }, () => source.get()))
  t.equal(loads.length, 1)
  t.ok(all.every((one) => one.accessKeyId === 'AKIA1'))
})

t.test('credentials at hand come without a promise', async (t) => {
  const { source } = numbered({ at: 0 })
  await source.get()
  t.match(source.get(), { accessKeyId: 'AKIA1' })
})

t.test('credentials are renewed before they end, and nobody waits for it', async (t) => {
  const clock = { at: 0 }
  const { source, loads } = numbered(clock)
  await source.get()
  clock.at = 56 * minute
  t.match(source.get(), { accessKeyId: 'AKIA1' })
  t.equal(loads.length, 2)
  await new Promise((resolve) => setImmediate(resolve))
  t.match(source.get(), { accessKeyId: 'AKIA2' })
})

t.test('when a renewal fails the old set serves to its end, then the error is ours', async (t) => {
  const clock = { at: 0 }
  const fail = { on: false }
  const { source, loads } = numbered(clock, fail)
  await source.get()
  fail.on = true
  clock.at = 56 * minute
  source.get()
  await new Promise((resolve) => setImmediate(resolve))
  t.match(source.get(), { accessKeyId: 'AKIA1' })
  t.equal(loads.length, 2, 'and is not tried again at once')
  clock.at = 60 * minute
  await t.rejects(
    (async () => source.get())(),
    failing({ kind: 'upstream_auth', message: /^the gateway has no AWS credentials.*AWS_ACCESS_KEY_ID/ })
  )
  fail.on = false
  t.match(await source.get(), { accessKeyId: 'AKIA4' })
})

t.test('a refused set is loaded anew past every cache; a set that nobody uses any more is not', async (t) => {
  const { source, loads } = numbered({ at: 0 })
  const first = (await source.get()) as Credentials
  source.refuse(first)
  await source.get()
  source.refuse(first)
  await source.get()
  t.strictSame(loads, [false, true])
})

t.test('the SDK finds what the environment holds, session token too', async (t) => {
  setEnv(t, { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token', AWS_PROFILE: undefined })
  t.match(await sdkCredentials({})(false), { accessKeyId: 'AKIAENV', secretAccessKey: 'secret', sessionToken: 'token' })
})

t.test('the role that is named is assumed, with its external id', async (t) => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    request.on('data', (chunk) => asked.push(String(chunk)))
    request.on('end', () => {
      response.setHeader('content-type', 'text/xml')
      response.end(
        '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>role-secret</SecretAccessKey><SessionToken>role-token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>'
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  setEnv(t, {
    AWS_ENDPOINT_URL_STS: url,
    AWS_ACCESS_KEY_ID: 'AKIAENV',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: undefined
  })
  const roleArn = 'arn:aws:iam::123456789012:role/bedrock'
  const loaded = await sdkCredentials({ roleArn, externalId: 'outside', region: 'eu-west-1' })(false)
  t.match(loaded, { accessKeyId: 'ASIAROLE', secretAccessKey: 'role-secret', sessionToken: 'role-token' })
  t.match(loaded.expiration, new Date('2099-01-01T00:00:00Z'))
  const form = new URLSearchParams(asked.join(''))
  t.equal(form.get('RoleArn'), roleArn)
  t.equal(form.get('ExternalId'), 'outside')
})

for (const [name, profile, files, told] of [
  ['that is nowhere', 'nope', '', /^the profile nope of AWS_PROFILE is not in the shared config files/],
  [
    'whose SSO login is over',
    'dev',
    '[profile dev]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = dev\n[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n',
    /aws sso login --profile dev$/
  ]
] as const)
  t.test(`a profile ${name} is told by its name, and what to do`, async (t) => {
    const home = t.testdir({ config: files, credentials: '' })
    setEnv(t, {
      HOME: home,
      AWS_CONFIG_FILE: `${home}/config`,
      AWS_SHARED_CREDENTIALS_FILE: `${home}/credentials`,
      AWS_PROFILE: profile,
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
      AWS_EC2_METADATA_DISABLED: 'true'
    })
    const source = createCredentialSource({ load: sdkCredentials({}) })
    await t.rejects((async () => source.get())(), failing({ kind: 'upstream_auth', message: told }))
    t.match(source.trouble, told)
    t.notMatch(source.trouble, /123456789012|awsapps/)
  })
