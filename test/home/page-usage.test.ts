import t from 'tap'
import { OPERATOR_PAGE } from '../../src/home/operator-page.ts'
import { operatorScript } from '../../src/home/script.ts'
import { build, KEY } from '../helper.ts'
import { noChromium, openPage, shareBrowser } from './chromium.ts'

const skip = noChromium
const browser = shareBrowser(t)
const NOVA = 'us.amazon.nova-lite-v1:0'

t.test("the operator's page has every element its script asks for", async (t) => {
  for (const [, id] of operatorScript().matchAll(/byId\('([^']+)'\)/g)) t.match(OPERATOR_PAGE, `id="${id}"`)
})

t.test("the operator's tab shows keys, costs and pools with an admin key, and a refusal with another", { skip }, async (t) => {
  const { base, post } = await build(t, { ADMIN_KEY: 'sk-operator' })
  const asked = await post('/v1/chat/completions', { model: NOVA, messages: [{ role: 'user', content: 'hello' }] })
  await asked.text()
  const { page, faults } = await openPage(t, await browser(), base)
  await page.getByRole('link', { name: 'Operator' }).click()
  await page.getByLabel('Admin key').waitFor()
  t.same(faults, [], 'nothing is asked for without a key')
  await page.getByLabel('Admin key').fill('sk-operator')
  await page.getByRole('button', { name: 'Show' }).click()
  await page.locator('#usage-keys tr').first().waitFor()
  t.match(await page.locator('#usage-keys tr').first().textContent(), new RegExp(`default${NOVA}1`))
  t.match(await page.locator('#usage-pools tr').first().textContent(), /us-east-1.*not known.*never/)
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
