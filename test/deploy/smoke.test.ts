import { execFile, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { build, KEY } from '../support/helper.ts'

const SMOKE = fileURLToPath(new URL('../../deploy/smoke.sh', import.meta.url))
const missing = ['bash', 'curl'].filter((tool) => spawnSync(tool, ['--version']).error !== undefined)
const skip = missing.length > 0 && `smoke.sh needs ${missing.join(' and ')}`

/** What smoke.sh says and its exit code. */
function smoke(parameters: string[], env: Record<string, string> = {}): Promise<{ said: string; code: number }> {
  return new Promise((resolve) => {
    execFile('bash', [SMOKE, ...parameters], { env: { PATH: process.env.PATH, ...env } }, (error, stdout, stderr) =>
      resolve({ said: stdout + stderr, code: error === null ? 0 : Number(error.code) })
    )
  })
}

t.test('smoke.sh says that all works, with the key in its environment', { skip }, async (t) => {
  const { base } = await build(t)
  const { said, code } = await smoke([`${base}/api/v1`, '-'], { ADIT_API_KEY: KEY })
  t.equal(code, 0, said)
  for (const what of ['ready', 'keys', 'models', 'chat', 'stream', 'embeddings'])
    t.match(said, new RegExp(`^ok +${what} `, 'm'), what)
  t.match(said, /^All 6 checks passed\. Base URL for clients: http:.*\/api\/v1$/m)
})

t.test('smoke.sh names the wrong key as the cause', { skip }, async (t) => {
  const { base } = await build(t)
  const { said, code } = await smoke([`${base}/api/v1`, 'sk-another'])
  t.equal(code, 1)
  t.match(said, /^FAIL +models +the key is refused: is it the value of the SSM parameter or secret\?$/m)
  t.match(said, /^4 of 6 checks failed\.$/m)
})

t.test('smoke.sh tells a model that is not there from a gateway that fails', { skip }, async (t) => {
  const { base } = await build(t)
  const { said, code } = await smoke([`${base}/api/v1/`, KEY, 'no.such-model'])
  t.equal(code, 1)
  t.match(said, /^FAIL +chat +status 404: no\.such-model is not in this region/m)
  t.match(said, /^ok +embeddings /m)
})

t.test('smoke.sh gives up at once when nobody listens', { skip }, async (t) => {
  const { said, code } = await smoke(['http://127.0.0.1:1/api/v1', KEY])
  t.equal(code, 1)
  t.match(said, /cannot connect to http:\/\/127\.0\.0\.1:1: is your address within AllowedCidr/)
})
