import { readFileSync } from 'node:fs'
import t from 'tap'
import { LAMBDA_TEMPLATE, TEMPLATE } from '../deploy/template.ts'
import { build } from '../support/helper.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const RUNBOOK = read('docs/runbook.md')

t.test('every alarm has an entry that says what it means, what to look at and what to do, and no entry is of none', async (t) => {
  const alarms = [TEMPLATE, LAMBDA_TEMPLATE].flatMap(({ Resources }) =>
    Object.entries(Resources).flatMap(([name, { Type }]) => (Type === 'AWS::CloudWatch::Alarm' ? name : []))
  )
  const entries = RUNBOOK.slice(RUNBOOK.indexOf('## Alarms'), RUNBOOK.indexOf('## On purpose')).split(/^### /m).slice(1)
  t.strictSame(entries.map((entry) => entry.split('\n', 1)[0]).sort(), [...alarms].sort())
  for (const entry of entries) for (const part of ['**Means.**', '**Look.**', '**Do.**']) t.match(entry, part)
})

t.test('every parameter and command that the runbook names is there', async (t) => {
  const names = new Set([TEMPLATE, LAMBDA_TEMPLATE].flatMap(({ Parameters }) => Object.keys(Parameters)))
  for (const [, name = ''] of RUNBOOK.matchAll(/`([A-Z][A-Za-z]+)(?:=[^`]*)?`/g))
    if (/^[A-Z][a-z]+[A-Z]/.test(name)) t.ok(names.has(name) || OF_AWS.has(name), name)
  const commands = new Set(
    [...read('deploy/operate.sh').matchAll(/^([a-z]+(?: \| [a-z]+)?)\)/gm)].flatMap(([, text = '']) => text.split(' | '))
  )
  for (const [, command = ''] of RUNBOOK.matchAll(/operate\.sh ([a-z]+)/g)) t.ok(commands.has(command), command)
})

const OF_AWS = new Set(['CannotPullContainerError', 'OutOfMemory', 'ConcurrentExecutions', 'DashboardUrl', 'TaskRole'])
const QUESTIONS = ['Is it up?', 'Is it slow, and whose fault is it?', 'Who is throttled?', 'What does it cost?', 'What changed?']

t.test("Grafana's dashboard answers the same five questions by metrics that the gateway has", async (t) => {
  const { panels } = JSON.parse(read('deploy/grafana/adit.json')) as { panels: Panel[] }
  t.strictSame(
    panels.flatMap(({ type, title }) => (type === 'row' ? title : [])),
    QUESTIONS
  )
  const { app } = await build(t, { QUEUE_MS: '1000', REDIS_URL: 'redis://127.0.0.1:1' })
  const known = new Set([...(await app.metrics.text()).matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name))
  const taken = new Set<string>()
  for (const { gridPos, targets = [] } of panels) {
    const place = `${gridPos.x},${gridPos.y}`
    t.notOk(taken.has(place), place)
    taken.add(place)
    for (const { expr } of targets)
      for (const [name] of expr.matchAll(/\b(?:adit|process|nodejs)_\w+/g)) t.ok(known.has(name.replace(/_bucket$/, '')), name)
  }
})

interface Panel {
  type: string
  title: string
  gridPos: { x: number; y: number }
  targets?: { expr: string }[]
}
