import { readFile } from 'node:fs/promises'
import { OptionalKind } from '@sinclair/typebox'
import t from 'tap'
import { readAddress } from '../src/address.ts'
import { ConfigError, nearMisses, readConfig, settings } from '../src/config.ts'

function faults(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
  return []
}

t.test('every fault is reported at once, with its variable', async (t) => {
  const found = faults({ PORT: 'eighty', DEBUG: 'maybe', MODEL_ALIASES: '[', LOG_LEVEL: 'loud', HEARTBEAT_MS: '1.5' })
  for (const name of ['PORT', 'DEBUG', 'MODEL_ALIASES', 'LOG_LEVEL', 'HEARTBEAT_MS']) {
    t.ok(
      found.some((fault) => fault.startsWith(name)),
      name
    )
  }
  t.equal(found.length, 5)
})

t.test('a fault never quotes the value of a secret', async (t) => {
  t.notMatch(faults({ API_KEY: 'sk-secret', API_KEYS_FILE: '/sk-secret', PORT: 'x' }).join(), 'sk-secret')
})

t.test('booleans are read as people write them, and empty is unset', async (t) => {
  for (const yes of ['true', '1', 'YES', 'on'])
    t.equal(readConfig({ API_KEY: 'k', ENABLE_PROMPT_CACHING: yes }).answers.promptCaching, true)
  for (const no of ['false', '0', 'No', 'off', '', ' '])
    t.equal(readConfig({ API_KEY: 'k', ENABLE_PROMPT_CACHING: no }).answers.promptCaching, false)
  t.equal(readConfig({ API_KEY: 'k', FETCH_REMOTE_MEDIA: '' }).media.fetchRemote, true)
})

t.test('the regions of every partition are taken for one', async (t) => {
  const regions = ['us-east-1', 'us-gov-west-1', 'cn-north-1', 'us-isob-east-1', 'eusc-de-east-1', 'ap-southeast-4']
  for (const region of regions) t.same(faults({ API_KEY: 'k', AWS_REGION: region }), [], region)
  for (const region of ['us-east-1a', 'Frankfurt', 'us_east_1'])
    t.match(faults({ API_KEY: 'k', AWS_REGION: region })[0], /^AWS_REGION/)
})

for (const [variable, good, bad] of [
  ['BEDROCK_REGIONS', ['us-east-1', 'us-east-1, eu-west-1'], ['us east', 'us-east-1,frankfurt', 'us-east-1a']],
  [
    'ALLOWED_ORIGINS',
    ['*', 'https://a.example', 'http://localhost:3000,app://obsidian.md'],
    ['foo', 'https://a.example/', 'a.example', 'https://a.example, chat']
  ]
] as const)
  t.test(`an item of ${variable} that can be none is a fault at start`, async (t) => {
    for (const value of good) t.same(faults({ API_KEY: 'k', [variable]: value }), [], value)
    for (const value of bad) t.match(faults({ API_KEY: 'k', [variable]: value })[0], new RegExp(`^${variable} must be`), value)
  })

t.test('exactly one source of keys must be set', async (t) => {
  t.match(faults({})[0], /no source of API keys.*API_KEY_PARAM_NAME/)
  t.match(faults({ API_KEY: 'a', API_KEY_PARAM_NAME: '/a' })[0], /API_KEY and API_KEY_PARAM_NAME are both set/)
})

t.test('auth can only be switched off on a loopback address', async (t) => {
  t.match(faults({ AUTH: 'off' })[0], /HOST/)
  t.same(faults({ AUTH: 'off', HOST: '127.0.0.1' }), [])
  t.match(faults({ AUTH: 'off', HOST: '127.0.0.1', API_KEY: 'k' })[0], /contradicts API_KEY/)
})

t.test('aliases take one model or an ordered list', async (t) => {
  const { models } = readConfig({ API_KEY: 'k', MODEL_ALIASES: '{"fast":"amazon.nova-micro-v1:0","best":["a","b"]}' })
  t.same(models.aliases, { fast: 'amazon.nova-micro-v1:0', best: ['a', 'b'] })
  t.match(faults({ API_KEY: 'k', MODEL_ALIASES: '{"a":[]}' })[0], /^MODEL_ALIASES/)
})

t.test('the README names every variable, and the defaults of those that are numbers', async (t) => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const table = readme.slice(readme.indexOf('## Configuration'), readme.indexOf('## Errors'))
  for (const { schema, variable: name } of settings()) {
    if (name === undefined) continue
    const row = table.split('\n').find((line) => line.includes(`\`${name}\``))
    t.ok(row, name)
    if (schema.type === 'integer' && schema[OptionalKind] !== 'Optional') t.match(row, `\`${schema.default}\``, name)
  }
})

t.test('the health check asks where the process listens', async (t) => {
  t.same(readAddress({}), { host: '127.0.0.1', port: 8080 })
  t.same(readAddress({ HOST: '0.0.0.0', PORT: '81' }), { host: '127.0.0.1', port: 81 })
  t.same(readAddress({ HOST: '::' }), { host: '127.0.0.1', port: 8080 })
  t.same(readAddress({ HOST: '10.0.0.7' }), { host: '10.0.0.7', port: 8080 })
})

t.test('F48: a name that nobody reads and that is near one is told with the one that was meant', async (t) => {
  const misses = nearMisses({
    UPSTREAM_IDLE_TIMOUT_MS: '1',
    UPSTREAM_IDLE_TIMEOUT: '1',
    API_KEYS: 'x',
    ALLOWED_MODEL: 'y',
    upstream_total_timeout_ms: '1'
  })
  t.strictSame(
    misses.map((miss) => /^(\S+) .* is (\S+) meant\?$/.exec(miss)?.slice(1)),
    [
      ['UPSTREAM_IDLE_TIMOUT_MS', 'UPSTREAM_IDLE_TIMEOUT_MS'],
      ['UPSTREAM_IDLE_TIMEOUT', 'UPSTREAM_IDLE_TIMEOUT_MS'],
      ['API_KEYS', 'API_KEY'],
      ['ALLOWED_MODEL', 'ALLOWED_MODELS'],
      ['upstream_total_timeout_ms', 'UPSTREAM_TOTAL_TIMEOUT_MS']
    ]
  )
  t.notMatch(misses.join(), /x|y,/, 'no value is told')
})

t.test('F48: what shells, ECS and Kubernetes set is nobody’s mistake', async (t) => {
  const usual =
    'PATH HOME HOST PORT USER SHELL TERM LANG LC_ALL PWD OLDPWD SHLVL HOSTNAME LOGNAME MAIL EDITOR PAGER TZ TMPDIR DISPLAY COLORTERM NODE_ENV NODE_OPTIONS NODE_VERSION YARN_VERSION npm_config_cache npm_package_name CI HTTP_PROXY http_proxy https_proxy no_proxy FTP_PROXY ftp_proxy ALL_PROXY AWS_EXECUTION_ENV AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CONTAINER_CREDENTIALS_FULL_URI AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_PROFILE AWS_DEFAULT_REGION AWS_REGION AWS_ROLE_ARN AWS_WEB_IDENTITY_TOKEN_FILE AWS_STS_REGIONAL_ENDPOINTS AWS_ENDPOINT_URL AWS_ENDPOINT_URL_BEDROCK_RUNTIME ECS_CONTAINER_METADATA_URI ECS_CONTAINER_METADATA_URI_V4 ECS_AGENT_URI KUBERNETES_SERVICE_HOST KUBERNETES_SERVICE_PORT KUBERNETES_PORT KUBERNETES_PORT_443_TCP_ADDR ADIT_SERVICE_HOST ADIT_SERVICE_PORT ADIT_PORT OTEL_TRACES_EXPORTER OTEL_METRICS_EXPORTER OTEL_EXPORTER_OTLP_PROTOCOL OTEL_RESOURCE_ATTRIBUTES port debug auth host'
  t.strictSame(nearMisses(Object.fromEntries(usual.split(' ').map((name) => [name, '1']))), [])
})

t.test('F48: lower case counts for the three variables of a proxy only', async (t) => {
  const env = { API_KEY: 'k', port: 'eighty', debug: 'release', auth: 'token', https_proxy: 'http://p:1', no_proxy: 'a' }
  const { server, telemetry, auth, aws } = readConfig(env)
  t.strictSame([server.port, telemetry.debug, auth.mode, aws.httpsProxy, aws.noProxy], [8080, false, 'on', 'http://p:1', 'a'])
})
