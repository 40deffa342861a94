import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { resolveEndpoint } from '../../../src/bedrock/transport/endpoint.ts'
import { failing, setEnv } from '../build.ts'

const CLEAN = {
  AWS_ENDPOINT_URL: undefined,
  AWS_ENDPOINT_URL_BEDROCK_RUNTIME: undefined,
  AWS_USE_FIPS_ENDPOINT: undefined,
  AWS_USE_DUALSTACK_ENDPOINT: undefined,
  AWS_PROFILE: undefined,
  AWS_REGION: undefined,
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null'
}

const ROWS: readonly (readonly [string, Record<string, string>, string | undefined, string])[] = [
  ['a region', {}, 'eu-central-1', 'https://bedrock-runtime.eu-central-1.amazonaws.com'],
  ['China', {}, 'cn-north-1', 'https://bedrock-runtime.cn-north-1.amazonaws.com.cn'],
  ['FIPS', { AWS_USE_FIPS_ENDPOINT: 'true' }, 'us-east-1', 'https://bedrock-runtime-fips.us-east-1.amazonaws.com'],
  ['dual stack', { AWS_USE_DUALSTACK_ENDPOINT: 'true' }, 'us-east-1', 'https://bedrock-runtime.us-east-1.api.aws'],
  [
    'its own variable',
    { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: 'https://vpce-1.example.com' },
    'us-east-1',
    'https://vpce-1.example.com'
  ],
  ['the variable of all services', { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }, 'us-east-1', 'http://127.0.0.1:4566'],
  ['AWS_REGION', { AWS_REGION: 'ap-southeast-2' }, undefined, 'https://bedrock-runtime.ap-southeast-2.amazonaws.com']
]
for (const [name, env, region, origin] of ROWS)
  t.test(`${name} gives the endpoint that the SDK would call`, async (t) => {
    setEnv(t, { ...CLEAN, ...env })
    t.match(await resolveEndpoint(region), { origin, basePath: '', host: new URL(origin).host })
  })

t.test('a profile in the shared config gives region and endpoint', async (t) => {
  const file = join(mkdtempSync(join(tmpdir(), 'adit-')), 'config')
  writeFileSync(
    file,
    '[profile lab]\nregion = eu-west-3\nservices = local\n\n[services local]\nbedrock_runtime =\n  endpoint_url = http://127.0.0.1:9000/base/\n'
  )
  setEnv(t, { ...CLEAN, AWS_CONFIG_FILE: file, AWS_PROFILE: 'lab' })
  t.strictSame(await resolveEndpoint(undefined), {
    region: 'eu-west-3',
    origin: 'http://127.0.0.1:9000',
    host: '127.0.0.1:9000',
    basePath: '/base'
  })
})

t.test('no region anywhere is told with the name of the variable', async (t) => {
  setEnv(t, CLEAN)
  await t.rejects(resolveEndpoint(undefined), failing({ kind: 'not_ready', message: /AWS_REGION/ }))
})

t.test('settings that contradict each other are told', async (t) => {
  setEnv(t, { ...CLEAN, AWS_USE_FIPS_ENDPOINT: 'true', AWS_ENDPOINT_URL_BEDROCK_RUNTIME: 'http://127.0.0.1:1' })
  await t.rejects(resolveEndpoint('us-east-1'), { kind: 'not_ready', cause: { message: /FIPS/ } })
})
