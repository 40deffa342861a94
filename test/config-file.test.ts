import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ConfigError, readConfig } from '../src/config.ts'
import { readConfigFile } from '../src/config-file.ts'
import { KEY } from './support/helper.ts'
import { start, startGateway } from './support/process.ts'

/** Runs the process with `--check`. */
async function check(t: Test, env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const running = start(t, 'src/server.ts', env, ['--check'])
  const code = await running.exited
  return { code, output: running.output() }
}

/** A file of its own folder, which a started process's home does not clear away. */
async function file(t: Test, name: string, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'adit-'))
  t.teardown(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, name), text)
  return join(folder, name)
}

async function faults(env: Record<string, string>, text: string): Promise<string> {
  try {
    readConfig(env, await readConfigFile(text))
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.join('\n')
    throw error
  }
  return ''
}

const DOCUMENT = `
server: { homePage: off }
models:
  aliases:
    fast: [amazon.nova-lite-v1:0, amazon.nova-micro-v1:0]
  traits:
    - { match: amazon.nova-lite*, temperature: false }
auth:
  keys:
    - { name: team-a, key: sk-team-a }
    - { name: team-b, key: sk-team-b, models: [meta.*] }
`

t.test('a document gives a running gateway its aliases, key set and trait rows', async (t) => {
  const path = await file(t, 'adit.yaml', DOCUMENT)
  const gateway = await startGateway(t, { ADIT_CONFIG: path })
  const ask = (key: string) =>
    fetch(`${gateway.base}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'fast', temperature: 0.5, messages: [{ role: 'user', content: 'hi' }] })
    })
  const answered = await ask('sk-team-a')
  t.equal(answered.status, 200)
  t.match(answered.headers.get('x-adit-model'), 'nova-lite')
  t.match(answered.headers.get('x-adit-dropped'), 'temperature', 'the trait row is in force')
  t.equal((await ask('sk-team-b')).status, 403, 'the key set is in force')
  t.equal((await ask('sk-other')).status, 401)
  t.strictSame(await (await fetch(`${gateway.base}/`)).json(), { name: 'adit' }, 'off is a boolean as in a variable')
})

t.test('--check tells every value and where it is from, and no secret', async (t) => {
  const { code, output } = await check(t, {
    PORT: '8081',
    REDIS_URL: 'redis://user:s3cret@cache:6379',
    ADIT_CONFIG: 'auth:\n  apiKey: sk-hidden\nserver:\n  port: 9000\nlimits:\n  maxConcurrent: 7\n',
    UPSTREAM_IDLE_TIMOUT_MS: '5'
  })
  t.equal(code, 0, output)
  t.match(output, /server\.port +8081 +\(PORT\)/, 'a variable wins')
  t.match(output, /limits\.maxConcurrent +7 +\(file\)/)
  t.match(output, /server\.host +0\.0\.0\.0 +\(default\)/)
  t.match(output, /aws\.region +- +\(unset\)/)
  t.match(output, /auth\.apiKey +\(secret\) +\(file\)/)
  t.match(output, /limits\.redisUrl +\(secret\) +\(REDIS_URL\)/)
  t.match(output, /warning: UPSTREAM_IDLE_TIMOUT_MS .* UPSTREAM_IDLE_TIMEOUT_MS/)
  t.notMatch(output, /sk-hidden|s3cret/)
})

t.test('--check and the start tell all faults at once, of variables and members, and exit 1', async (t) => {
  const env = {
    HEARTBEAT_MS: 'soon',
    ADIT_CONFIG: 'auth: { apiKey: sk-hidden, apiKeyz: x }\nserver: { port: eighty }\nmodel: {}\nmedia: [1]\n'
  }
  const seen = [
    /HEARTBEAT_MS must/,
    /auth\.apiKeyz .*is apiKey meant\?/,
    /server\.port must/,
    /model .*is models meant\?/,
    /media must/
  ]
  const started = start(t, 'src/server.ts', env)
  t.equal(await started.exited, 1)
  const { code, output } = await check(t, env)
  t.equal(code, 1)
  for (const said of [output, started.output()]) {
    for (const fault of seen) t.match(said, fault)
    t.notMatch(said, /sk-hidden/)
  }
})

t.test('--check reads the lists and the files that are named', async (t) => {
  const bad = await check(t, {
    MODEL_TRAITS_FILE: await file(t, 'rows.json', '[{"match":"a","temprature":true}]'),
    ADIT_CONFIG: '{"auth":{"keys":[{"name":"a","key":"k","model":["x"]}]}}'
  })
  t.equal(bad.code, 1)
  t.match(bad.output, /temprature/)
  t.match(bad.output, /auth\.keys/)
  const gone = await check(t, { API_KEYS_FILE: '/nowhere/gone.json' })
  t.equal(gone.code, 1)
  t.match(gone.output, /ENOENT/)
})

t.test('an unreadable document is told by its line, never by its text', async (t) => {
  t.match(await faults({}, 'auth:\n  apiKey: "sk-hidden\n'), /ADIT_CONFIG is no YAML or JSON: line \d+/)
  t.notMatch(await faults({}, 'auth:\n  apiKey: "sk-hidden\n'), /sk-hidden/)
  t.match(await faults({}, '/nowhere/adit.yaml'), /the file of ADIT_CONFIG cannot be read: .*ENOENT/)
  t.match(await faults({}, '{"models":[1]}'), /models must be an object/)
  t.match(await faults({}, await file(t, 'a', '- 1\n')), /must hold an object with the sections server, auth/)
})

t.test('a variable wins over the document, and two sources of keys are a fault in either', async (t) => {
  const text = '{"auth":{"apiKey":"a"},"limits":{"maxConcurrent":"7"},"telemetry":{"logLevel":null}}'
  const config = readConfig({ API_KEY: 'b' }, await readConfigFile(text))
  t.strictSame([config.auth.apiKey, config.limits.maxConcurrent, config.telemetry.logLevel], ['b', 7, 'info'])
  t.match(
    await faults({ API_KEYS_FILE: '/f' }, '{"auth":{"keys":[{"name":"a","key":"k"}]}}'),
    /API_KEYS_FILE and auth\.keys are both/
  )
})

t.test('ssm: reads the parameter, decrypted, in the region of the variables', async (t) => {
  const asked: unknown[] = []
  const store = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    asked.push([request.headers['x-amz-target'], JSON.parse(body)])
    response.setHeader('content-type', 'application/x-amz-json-1.1')
    response.end(JSON.stringify({ Parameter: { Value: `auth: { apiKey: ${KEY} }\nlimits: { maxConcurrent: 9 }` } }))
  })
  store.listen(0, '127.0.0.1')
  await once(store, 'listening')
  t.teardown(() => store.close())
  const { code, output } = await check(t, {
    ADIT_CONFIG: 'ssm:/adit/config',
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    AWS_ENDPOINT_URL_SSM: `http://127.0.0.1:${(store.address() as AddressInfo).port}`
  })
  t.equal(code, 0, output)
  t.match(output, /limits\.maxConcurrent +9 +\(file\)/)
  t.strictSame(asked, [['AmazonSSM.GetParameter', { Name: '/adit/config', WithDecryption: true }]])
})
