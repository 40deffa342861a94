import t from 'tap'
import { OPERATOR_PAGE } from '../../src/home/operator-page.ts'
import { operatorScript } from '../../src/home/script.ts'
import { build, KEY } from '../support/helper.ts'
import { noChromium, openPage, shareBrowser } from './chromium.ts'

const skip = noChromium
const browser = shareBrowser(t)
const NOVA = 'us.amazon.nova-lite-v1:0'
const SONNET = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'

t.test("the operator's page has every element its script asks for", async (t) => {
  for (const [, id] of operatorScript().matchAll(/byId\('([^']+)'\)/g)) t.match(OPERATOR_PAGE, `id="${id}"`)
})

t.test("the operator's tab shows keys, costs and pools with an admin key, and a refusal with another", { skip }, async (t) => {
  const BEDROCK_QUOTAS = JSON.stringify([{ ids: [SONNET], tokens_per_minute: 200_000 }])
  const { base, post, standin } = await build(t, { ADMIN_KEY: 'sk-operator', QUEUE_MS: '50', BEDROCK_QUOTAS })
  const ask = async (model: string, system = 'you help') => {
    const messages = [
      { role: 'system', content: [{ type: 'text', text: system.repeat(900), cache_control: { type: 'ephemeral' } }] },
      ...['hello', 'yes?', 'go on'].map((content, index) => ({ role: index === 1 ? 'assistant' : 'user', content }))
    ]
    await (await post('/v1/chat/completions', { model, messages })).text()
  }
  for (const model of [NOVA, SONNET, SONNET]) await ask(model)
  await ask(SONNET, 'you do not')
  standin.fail(SONNET, 'throttling-tokens', 'none')
  await ask(SONNET)
  const { page, faults } = await openPage(t, await browser(), base)
  await page.getByRole('link', { name: 'Operator' }).click()
  await page.getByLabel('Admin key').waitFor()
  t.same(faults, [], 'nothing is asked for without a key')
  await page.getByLabel('Admin key').fill('sk-operator')
  await page.getByRole('button', { name: 'Show' }).click()
  await page.locator('#usage-keys tr').first().waitFor()
  const cellsOf = async (table: string, model: string) =>
    page.locator(`${table} tr`).filter({ hasText: model }).locator('td').allTextContents()
  t.match((await cellsOf('#usage-keys', NOVA)).slice(0, 5), ['default', NOVA, '1', '0', '0'])
  const [, , requests, errors, throttled, input, cached, output, cost, saved, missed] = await cellsOf('#usage-keys', SONNET)
  t.match([requests, errors, throttled], ['4', '1', '1'])
  for (const number of [input, cached, output]) t.match(number, /^[1-9][\d,]*$/)
  t.match(cost, /^\$0\.\d+$/)
  t.match(saved, /^-?\$0\.\d+$/)
  t.match(missed, /^\d+, last at system\[0\]/)
  t.match(await cellsOf('#usage-pools', NOVA), [
    'us-east-1',
    NOVA,
    '1',
    /^4,000,000 tokens/,
    /^[\d,]+ ?$/,
    /^[\d,]+ tokens/,
    '0',
    '0',
    'never'
  ])
  const pool = await cellsOf('#usage-pools', SONNET)
  t.match(pool.slice(3), ['200,000 tokens', /^[\d,]+ $/, /^[\d,]+ tokens$/, '0', '1', /\d:\d\d/])
  t.equal(await page.locator('#usage-charts svg').count(), 3)
  t.ok((await page.locator('#usage-charts rect').count()) > 0)
  t.same(faults, [])

  await page.getByLabel('Admin key').fill(KEY)
  await page.getByRole('button', { name: 'Show' }).click()
  await page.getByText('access_denied').waitFor()
  t.notOk(await page.locator('#usage').isVisible())
  await page.getByRole('link', { name: 'Use', exact: true }).click()
  await page.getByLabel('API key').waitFor()
})
