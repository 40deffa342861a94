import { readdirSync, readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import t from 'tap'
import { parse } from 'yaml'
import { CONFIG_FILE, readConfig, settings } from '../../src/config.ts'

const CHART = new URL('../../deploy/helm/', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, CHART), 'utf8')
const VALUES = parse(read('values.yaml')) as Record<string, unknown> & {
  drain: Record<string, number>
  autoscaling: { inFlight: { metric: string } }
}
const SCHEMA = JSON.parse(read('values.schema.json')) as { properties: Record<string, object> }
const TEMPLATES = readdirSync(new URL('templates/', CHART)).map((name) => read(`templates/${name}`))
const DEPLOYMENT = read('templates/deployment.yaml')

t.test('the values fit their schema, which knows all of them and no other', async (t) => {
  const fits = new Ajv({ strict: false }).compile(SCHEMA)
  t.ok(fits(VALUES), JSON.stringify(fits.errors))
  t.strictSame(
    Object.keys(VALUES).sort(),
    Object.keys(SCHEMA.properties)
      .filter((name) => name !== 'global')
      .sort()
  )
  for (const wrong of [
    { image: {} },
    { image: { repository: 'ghcr.io/Team/adit' } },
    { region: 'us east' },
    { aws: { credentials: 'keys' } },
    { aws: { roleArn: 'adit' } },
    { drain: { graceSeconds: '10' } },
    { drainSeconds: 5 },
    { env: { 'A-B': 'x' } }
  ])
    t.notOk(fits({ ...VALUES, ...wrong }), JSON.stringify(wrong))
})

t.test('every value is used by a template, and every value that a template uses is there', async (t) => {
  const used = new Set(TEMPLATES.flatMap((text) => [...text.matchAll(/\.Values\.([A-Za-z.]+)/g)].map(([, path = '']) => path)))
  const find = (path: string) =>
    path.split('.').reduce<unknown>((node, name) => (node as Record<string, unknown> | undefined)?.[name], VALUES)
  for (const path of used) t.not(find(path), undefined, path)
  for (const name of Object.keys(VALUES))
    t.ok(
      [...used].some((path) => path === name || path.startsWith(`${name}.`)),
      name
    )
})

t.test('the pods get variables that the gateway knows, and a grace that its drain fits in', async (t) => {
  const known = new Set([...settings().flatMap(({ variable }) => variable ?? []), CONFIG_FILE])
  const names = [...DEPLOYMENT.matchAll(/- (?:\{ )?name: ([A-Z][A-Z0-9_]+)/g)].map(([, name = '']) => name)
  t.ok(names.length >= 10)
  for (const name of names) t.ok(known.has(name), name)
  const { graceSeconds = 0, drainDelaySeconds = 0 } = VALUES.drain
  const { server } = readConfig({
    API_KEY: 'k',
    SHUTDOWN_GRACE_MS: String(graceSeconds * 1000),
    DRAIN_DELAY_MS: String(drainDelaySeconds * 1000)
  })
  t.ok(server.drainDelayMs < server.shutdownGraceMs)
  t.match(DEPLOYMENT, 'terminationGracePeriodSeconds: {{ add .Values.drain.graceSeconds 5 }}')
  const [, period = 0, failures = 0] =
    /readinessProbe:[\s\S]*?periodSeconds: (\d+)[\s\S]*?failureThreshold: (\d+)/.exec(DEPLOYMENT) ?? []
  t.ok(drainDelaySeconds >= Number(period) * Number(failures), 'requests are taken until the endpoints know that the pod goes')
})

t.test('the metric that pods are scaled by is one that the gateway has', async (t) => {
  const metrics = readFileSync(new URL('../../src/telemetry/metrics.ts', import.meta.url), 'utf8')
  t.match(metrics, `'${VALUES.autoscaling.inFlight.metric}'`)
})

t.test('no container may do more than it must', async (t) => {
  for (const text of TEMPLATES.filter((text) => /^kind: Deployment/m.test(text))) {
    for (const needed of [
      'runAsNonRoot: true',
      'readOnlyRootFilesystem: true',
      'allowPrivilegeEscalation: false',
      'drop: [ALL]',
      'RuntimeDefault',
      'automountServiceAccountToken: false'
    ])
      t.match(text, needed)
  }
})
