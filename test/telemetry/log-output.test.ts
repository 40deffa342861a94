import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import t, { type Test } from 'tap'
import { startStandin } from '../../src/standin/server.ts'
import { createLogOutput } from '../../src/telemetry/log-output.ts'
import { ask, freePort, PASSED_ON } from '../support/process.ts'

const KEY = 'sk-log-0123456789'
const REQUESTS = 300
/** Each line of the log is about as long as this, so that the pipe and what the gateway keeps are both full. */
const LONG = 'x'.repeat(3900)

/** The gateway as its own process, whose standard output is what the test gives it. */
async function startWith(t: Test, stdout: 'pipe' | number, env: Record<string, string> = {}) {
  const standin = await startStandin()
  t.teardown(() => standin.close())
  const [port, metricsPort] = [await freePort(), await freePort()]
  const child = spawn(process.execPath, ['src/server.ts'], {
    env: {
      ...PASSED_ON,
      HOME: t.testdir({}),
      ...standin.env,
      HOST: '127.0.0.1',
      PORT: String(port),
      METRICS_PORT: String(metricsPort),
      API_KEY: KEY,
      ...env
    },
    stdio: ['ignore', stdout, 'pipe']
  })
  let errors = ''
  child.stderr?.on('data', (data) => {
    errors += data
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  t.teardown(() => child.kill('SIGKILL'))
  const base = `http://127.0.0.1:${port}`
  await ask(`${base}/ready`, 200)
  const dropped = async () => {
    const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
    return Number(/^adit_log_lines_dropped_total (\d+)/m.exec(text)?.[1])
  }
  return { child, base, exited, dropped, errors: () => errors }
}

async function askOften(base: string): Promise<void> {
  for (let at = 0; at < REQUESTS; at++) {
    const response = await fetch(`${base}/v1/${LONG}${at}`, {
      headers: { authorization: `Bearer ${KEY}` },
      signal: AbortSignal.timeout(10_000)
    })
    await response.text()
  }
}

t.test(
  'S15: nobody reads standard output: requests and /health are answered, and the lines that are lost are told',
  async (t) => {
    const { child, base, exited, dropped } = await startWith(t, 'pipe', { EMF: 'on' })
    child.stdout?.pause()
    await askOften(base)
    t.equal((await fetch(`${base}/health`, { signal: AbortSignal.timeout(5000) })).status, 200)
    t.ok((await dropped()) > 0, 'the metric counts them')

    let text = ''
    child.stdout?.on('data', (data) => {
      text += data
    })
    child.stdout?.resume()
    for (let at = 0; at < 100 && !text.includes('dropped_lines'); at++) await new Promise((resolve) => setTimeout(resolve, 50))
    const lines = text.trimEnd().split('\n')
    t.doesNotThrow(() => lines.map((line) => JSON.parse(line)), 'no line is cut in two')
    t.match(
      lines.map((line) => JSON.parse(line)).find((line) => 'dropped_lines' in line),
      { level: 'warn', dropped_lines: Number }
    )
    child.kill('SIGTERM')
    t.equal(await exited, 0)
  }
)

t.test('S15: the process ends in time though nobody reads its last lines', async (t) => {
  const { child, base, exited } = await startWith(t, 'pipe')
  child.stdout?.pause()
  await askOften(base)
  const startedAt = performance.now()
  child.kill('SIGTERM')
  t.equal(await exited, 0)
  t.ok(performance.now() - startedAt < 10_000)
})

t.test('S15: standard output on a full disk ends nothing, and its lines are counted', async (t) => {
  const full = openSync('/dev/full', 'w')
  t.teardown(() => closeSync(full))
  const { child, base, exited, dropped, errors } = await startWith(t, full, { EMF: 'on' })
  for (let at = 0; at < 30; at++) await (await fetch(`${base}/v1/${LONG}`)).text()
  t.equal((await fetch(`${base}/health`)).status, 200)
  t.ok((await dropped()) > 0)
  child.kill('SIGTERM')
  t.equal(await exited, 0)
  t.equal(errors(), '')
})

t.test('S15: a reader that has gone ends nothing', async (t) => {
  const { child, base, exited, dropped } = await startWith(t, 'pipe')
  child.stdout?.destroy()
  for (let at = 0; at < 30; at++) await (await fetch(`${base}/v1/${LONG}`)).text()
  t.equal((await fetch(`${base}/health`)).status, 200)
  t.ok((await dropped()) > 0)
  child.kill('SIGTERM')
  t.equal(await exited, 0)
})

t.test('S15: what was written in part goes on where it stopped, once somebody reads again', async (t) => {
  let room = 10
  let text = ''
  const output = createLogOutput((bytes) => {
    if (room === 0) throw Object.assign(new Error('full'), { code: 'EAGAIN' })
    const taken = Math.min(room, bytes.length)
    text += Buffer.from(bytes.subarray(0, taken)).toString()
    room -= taken
    return taken
  })
  output.write('{"a":"one line"}\n')
  output.end(0)
  output.write('{"a":"another"}\n')
  output.end(0)
  t.equal(text, '{"a":"one ')
  room = Number.POSITIVE_INFINITY
  output.end(0)
  t.equal(text, '{"a":"one line"}\n{"a":"another"}\n')
  t.equal(output.dropped, 0)
})
