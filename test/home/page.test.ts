import type { Page } from 'playwright-core'
import t from 'tap'
import { build, KEY } from '../support/helper.ts'
import { connect, noChromium, notes, openPage, rows, say, shareBrowser } from './chromium.ts'

const skip = noChromium
const browser = shareBrowser(t)
const MODEL = 'amazon.nova-lite-v1:0'

t.test('the page loads without a fault and asks no other host', { skip }, async (t) => {
  const { base } = await build(t, { AWS_REGION: 'us-east-1' })
  const { page, faults, urls } = await openPage(t, await browser(), base)
  await page.getByText('Ready', { exact: true }).waitFor()
  t.match(await page.locator('#status').textContent(), /us-east-1 · version \d/)
  t.equal(await page.locator('#base-url').textContent(), `${base}/v1`)
  await connect(page, KEY)
  await say(page, 'Hello')
  await notes(page, 'tokens in').first().waitFor()
  t.same(faults, [])
  t.same([...new Set(urls.map((url) => new URL(url).origin))], [base])
})

t.test('a key brings the models, and the search narrows them', { skip }, async (t) => {
  const { base, openai } = await build(t)
  const { page } = await openPage(t, await browser(), base)
  await connect(page, KEY)
  const all = (await openai.models.list()).data.length
  t.equal(await rows(page).count(), all)
  await page.getByLabel('Search models').fill('NOVA lite')
  t.match(await page.locator('#models-count').textContent(), new RegExp(`of ${all}$`))
  const found = await rows(page).allTextContents()
  t.ok(found.length > 0 && found.length < all)
  for (const text of found) t.match(text.toLowerCase(), 'nova')
  t.match(found[0], /text, image.*→ text.*active/)
})

t.test('a search that finds nothing says so, and a key without models too', { skip }, async (t) => {
  const { base } = await build(t)
  const { page } = await openPage(t, await browser(), base)
  await connect(page, KEY)
  await page.getByLabel('Search models').fill('<no such model>')
  await page.getByText('No model fits “<no such model>”').waitFor()
  const none = await build(t, { ALLOWED_MODELS: 'nobody.*' })
  const { page: other } = await openPage(t, await browser(), none.base)
  await other.getByLabel('API key').fill(KEY)
  await other.keyboard.press('Enter')
  await other.getByText('This key may use no model').waitFor()
  t.notOk(await other.locator('#models-table').isVisible())
})

t.test('the default model is chosen at first', { skip }, async (t) => {
  const { base } = await build(t, { DEFAULT_MODEL: MODEL })
  const { page } = await openPage(t, await browser(), base)
  await connect(page, KEY)
  t.equal(await page.locator('#chat-model').textContent(), MODEL)
  t.match(await page.locator('#snippet').textContent(), MODEL)
})

t.test("a wrong key shows the API's status, code, message and request id", { skip }, async (t) => {
  const { base } = await build(t)
  const { page } = await openPage(t, await browser(), base)
  await page.getByLabel('API key').fill('sk-wrong')
  await page.keyboard.press('Enter')
  const card = page.locator('#models-note .failure')
  await card.waitFor()
  t.match(await card.textContent(), /401 Unauthorized\s*invalid_api_key\s*Incorrect API key provided.*Request id req_\w+/)
})

t.test('the key stays with the tab: a reload keeps it, Forget and another tab do not have it', { skip }, async (t) => {
  const { base } = await build(t)
  const { page } = await openPage(t, await browser(), base)
  await connect(page, KEY)
  await page.reload()
  await rows(page).first().waitFor()
  const other = await page.context().newPage()
  await other.goto(base)
  t.equal(await other.getByLabel('API key').inputValue(), '')
  await page.getByRole('button', { name: 'Forget' }).click()
  await page.getByText('Connect with a key').waitFor()
  t.equal(await page.evaluate(() => sessionStorage.length + localStorage.length + document.cookie.length), 0)
})

t.test('AUTH=off asks for no key', { skip }, async (t) => {
  const { base } = await build(t, { AUTH: 'off' })
  const { page } = await openPage(t, await browser(), base)
  await rows(page).first().waitFor()
  t.notOk(await page.getByLabel('API key').isVisible())
})

t.test('why it is not ready is on the page', { skip }, async (t) => {
  const { app, base } = await build(t)
  let reason: string | undefined = 'AWS credentials are missing: set <AWS_PROFILE>'
  app.readiness.add(() => reason)
  const { page } = await openPage(t, await browser(), base)
  await page.getByText('Not ready yet').waitFor()
  t.equal(await page.locator('#reasons').textContent(), reason)
  reason = undefined
  await page.getByText('Ready', { exact: true }).waitFor()
  t.notOk(await page.locator('#reasons').isVisible())
})

t.test('the whole page works by keyboard', { skip }, async (t) => {
  const { base, standin } = await build(t)
  const { page } = await openPage(t, await browser(), base)
  await tabTo(page, 'key')
  await page.keyboard.type(KEY)
  await page.keyboard.press('Enter')
  await rows(page).first().waitFor()
  await tabTo(page, 'search')
  await page.keyboard.type('nova-micro')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  t.match(await page.locator('#chat-model').textContent(), /nova-micro/)
  await tabTo(page, 'message')
  await page.keyboard.type('one')
  await page.keyboard.press('Shift+Enter')
  await page.keyboard.type('two')
  await page.keyboard.press('Enter')
  await notes(page, 'tokens in').waitFor()
  t.match(standin.requests.findLast(({ operation }) => operation === 'ConverseStream')?.body, {
    messages: [{ content: [{ text: 'one\ntwo' }] }]
  })
  await page.locator('input[name=snippet]:checked').focus()
  await page.keyboard.press('ArrowRight')
  t.match(await page.locator('#snippet').textContent(), /from openai import OpenAI/)
})

t.test('Copy puts the base URL on the clipboard', { skip }, async (t) => {
  const { base } = await build(t)
  const { page } = await openPage(t, await browser(), base, { permissions: ['clipboard-read', 'clipboard-write'] })
  await page.locator('#copy-base').click()
  await page.getByText('Copied', { exact: true }).first().waitFor()
  t.equal(await page.evaluate(() => navigator.clipboard.readText()), `${base}/v1`)
})

t.test('a phone shows it all without scrolling sideways', { skip }, async (t) => {
  const { base } = await build(t)
  const { page } = await openPage(t, await browser(), base, {
    viewport: { width: 360, height: 740 },
    hasTouch: true,
    isMobile: true
  })
  await connect(page, KEY)
  await say(page, 'x'.repeat(300))
  await notes(page, 'tokens in').waitFor()
  t.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360)
  for (const name of ['Copy', 'Connect', 'Send']) {
    const box = await page.getByRole('button', { name }).first().boundingBox()
    t.ok(box !== null && box.height >= 36 && box.x >= 0 && box.x + box.width <= 360, name)
  }
})

for (const colorScheme of ['light', 'dark'] as const) {
  t.test(`its words can be read in the ${colorScheme}`, { skip }, async (t) => {
    const { base } = await build(t)
    const { page } = await openPage(t, await browser(), base, { colorScheme })
    const [ink, ground] = await page.evaluate(() => {
      const { color, backgroundColor } = getComputedStyle(document.body)
      return [color, backgroundColor]
    })
    t.ok(colorScheme === 'light' ? luminance(ground) > luminance(ink) : luminance(ground) < luminance(ink))
    for (const selector of ['body', '#key-hint', '#status-about', '#send', '#snippet']) {
      t.ok((await contrast(page, selector)) >= 4.5, selector)
    }
  })
}

async function tabTo(page: Page, id: string): Promise<void> {
  for (let i = 0; i < 30; i++) {
    if ((await page.evaluate(() => document.activeElement?.id)) === id) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not reach #${id}`)
}

/** The contrast of an element's text with what lies behind it, as WCAG counts it. */
async function contrast(page: Page, selector: string): Promise<number> {
  const colours = await page.locator(selector).evaluate((element) => {
    let behind: Element | null = element
    while (behind !== null && getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)') behind = behind.parentElement
    return [getComputedStyle(element).color, getComputedStyle(behind ?? document.body).backgroundColor]
  })
  const [light, dark] = colours.map(luminance).sort((a, b) => b - a)
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05)
}

function luminance(colour = ''): number {
  const [r = 0, g = 0, b = 0] = (colour.match(/[\d.]+/g) ?? []).map((part) => {
    const value = Number(part) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
