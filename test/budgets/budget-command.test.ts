import t from 'tap'
import { eventually } from '../support/helper.ts'
import { start, startGateway } from '../support/process.ts'
import { noValkey, startValkey } from '../support/valkey.ts'

const SONNET = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const TOLD = { inputTokens: 1000, outputTokens: 200, totalTokens: 1200 }
const FILES = t.testdir({
  'keys.json': JSON.stringify({ keys: [{ name: 'team', key: 'sk-team', budget_usd: { day: 0.006, month: 1 } }] }),
  'prices.json': JSON.stringify([{ ids: ['anthropic.claude-sonnet-4-5*'], input: 1, output: 1 }])
})

t.test('what was spent is shown, priced again and set to nothing by command', { skip: noValkey }, async (t) => {
  const store = await startValkey(t)
  const env = { API_KEYS_FILE: `${FILES}/keys.json`, REDIS_URL: store.url, LOG_LEVEL: 'error' }
  const { base, standin } = await startGateway(t, env)
  standin.answer(SONNET, { content: [{ text: 'words' }], usage: TOLD })
  const chat = async () => {
    const response = await fetch(`${base}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk-team', 'content-type': 'application/json' },
      body: JSON.stringify({ model: SONNET, max_tokens: 200, messages: [{ role: 'user', content: 'hi' }] })
    })
    await response.text()
    return response.status
  }
  const command = async (args: readonly string[], more = {}) => {
    const running = start(t, 'src/server.ts', { ...standin.env, ...env, ...more }, args)
    return { code: await running.exited, text: running.output() }
  }
  for (let i = 0; i < 50 && (await chat()) !== 200; i++) await new Promise((resolve) => setTimeout(resolve, 100))
  const nameOf = async (part: string) => (await store.names()).find((name) => name.includes(part)) ?? ''
  const day = async () => Number(await store.get(await nameOf('{team}:day:')))
  t.ok(await eventually(async () => (await day()) === 6_600_000))
  t.equal(await chat(), 429)

  const shown = await command(['--budget-show'])
  t.equal(shown.code, 0)
  t.match(shown.text, /team {2}day from \d{4}-\d\d-\d\d {2}0\.0066 USD/)

  const same = await command(['--budget-reprice', 'team'])
  t.equal(same.text, 'nothing has changed\n', 'by the same prices it is the same')
  const again = await command(['--budget-reprice'], { PRICES_FILE: `${FILES}/prices.json` })
  t.match(again.text, /team {2}day .* 0\.0012 USD\nteam {2}month .* 0\.0012 USD\n/)
  t.equal(await day(), 1_200_000)
  t.equal(await chat(), 200, 'there is something left again')
  t.ok(await eventually(async () => (await day()) === 7_800_000))

  t.equal((await command(['--budget-reset', 'team', 'day'])).text, '1 counters set to nothing\n')
  t.equal(await chat(), 200)
  t.ok(await eventually(async () => (await store.get(await nameOf(':month:'))) === '14400000'))
})

t.test('without a store there is nothing to reset, and it says so', async (t) => {
  const running = start(t, 'src/server.ts', { API_KEY: 'sk-x', AWS_REGION: 'us-east-1' }, ['--budget-reset'])
  t.equal(await running.exited, 1)
  t.match(running.output(), /memory of each process/)
})
