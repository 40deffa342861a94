import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { calls } from '../reliability/calls.ts'
import { KEY } from '../support/helper.ts'
import { startGateway } from '../support/process.ts'

const BASE = 'anthropic.claude-sonnet-4-6'
const GEOGRAPHIES = [
  ['us-west-2', 'us', {}],
  ['eu-west-1', 'eu', { AWS_REGION: '' }],
  ['ap-southeast-1', 'global', {}],
  ['sa-east-1', 'global', { AWS_REGION: ' ', AWS_DEFAULT_REGION: '' }]
] as const

for (const [region, geography, empty] of GEOGRAPHIES) {
  t.test(`F15: ${region} from the shared config file is the home region, with ${geography}. profiles`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'adit-'))
    t.teardown(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'config')
    writeFileSync(file, `[default]\nregion = ${region}\n`)
    const gateway = await startGateway(t, { AWS_CONFIG_FILE: file, API_KEY: KEY, ...empty }, { without: ['AWS_REGION'] })
    for (const model of ['gpt-4o', BASE, `bedrock/${BASE}`]) {
      for (const stream of [false, true]) {
        const response = await ask(gateway.base, model, stream)
        t.equal(response.status, 200, await response.text())
        t.equal(response.headers.get('x-adit-model'), `${geography}.${BASE}`)
        t.equal(calls(gateway).at(-1), `${region} ${geography}.${BASE}`)
      }
    }
    t.match(await (await fetch(`${gateway.base}/`)).json(), { region })
    const listed = await fetch(`${gateway.base}/v1/models`, { headers: { authorization: `Bearer ${KEY}` } })
    const { data } = (await listed.json()) as { data: { id: string }[] }
    t.ok(data.some(({ id }) => id === `${geography}.${BASE}`))
    t.equal(
      data.some(({ id }) => id.startsWith('us.')),
      region.startsWith('us-')
    )
  })
}

t.test('F15: AWS_DEFAULT_REGION alone is a home region too', async (t) => {
  const gateway = await startGateway(t, { AWS_DEFAULT_REGION: 'eu-west-1', API_KEY: KEY }, { without: ['AWS_REGION'] })
  t.equal((await ask(gateway.base, 'gpt-4o', false)).status, 200)
  t.strictSame(calls(gateway), [`eu-west-1 eu.${BASE}`])
})

t.test('F15: without any region a request is a 503 that says what to set', async (t) => {
  const gateway = await startGateway(t, { API_KEY: KEY }, { without: ['AWS_REGION'], ready: 503 })
  const response = await ask(gateway.base, 'gpt-4o', false)
  t.equal(response.status, 503)
  t.match(await response.text(), /AWS_REGION/)
})

const ask = (base: string, model: string, stream: boolean) =>
  fetch(`${base}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'hello' }] })
  })
