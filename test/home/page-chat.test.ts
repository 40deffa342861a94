import type { Page } from 'playwright-core'
import t from 'tap'
import type { Standin } from '../../src/standin/server.ts'
import { build, eventually, KEY } from '../support/helper.ts'
import { connect, noChromium, notes, openPage, say, shareBrowser } from './chromium.ts'

const skip = noChromium
const browser = shareBrowser(t)
const MODEL = 'amazon.nova-lite-v1:0'

t.test('a chat streams to its end, tells its tokens, and remembers', { skip }, async (t) => {
  const { base, standin } = await build(t, { DEFAULT_MODEL: MODEL })
  const { page } = await openPage(t, await browser(), base)
  await connect(page, KEY)
  standin.answer(MODEL, {
    content: [{ text: 'Rock is <b>hard</b> & old.' }],
    usage: { inputTokens: 11, outputTokens: 7, totalTokens: 18 }
  })
  await say(page, 'What is rock?')
  await notes(page, '11 tokens in · 7 out').waitFor()
  t.equal(await page.locator('.answer > .text').textContent(), 'Rock is <b>hard</b> & old.')
  t.equal(await page.locator('.answer b').count(), 0, 'an answer is text, never markup')
  await say(page, 'And water?')
  await notes(page, '11 tokens in').nth(1).waitFor()
  t.match(lastCall(standin)?.body, {
    messages: [
      { role: 'user', content: [{ text: 'What is rock?' }] },
      { role: 'assistant', content: [{ text: 'Rock is <b>hard</b> & old.' }] },
      { role: 'user', content: [{ text: 'And water?' }] }
    ]
  })
})

t.test('each dialect streams to its end, tells its tokens and says what went wrong', { skip }, async (t) => {
  const { base, standin } = await build(t, { DEFAULT_MODEL: MODEL, UPSTREAM_MAX_ATTEMPTS: '1' })
  const { page } = await openPage(t, await browser(), base)
  await connect(page, KEY)
  for (const [nth, name] of ['OpenAI Responses', 'Anthropic'].entries()) {
    await page.getByText(name, { exact: true }).click()
    standin.answer(MODEL, { content: [{ text: name }], usage: { inputTokens: 11, outputTokens: 7, totalTokens: 18 } })
    await say(page, 'Hello')
    await notes(page, '11 tokens in · 7 out').nth(nth).waitFor()
    t.equal(await page.locator('.answer > .text').nth(nth).textContent(), name)
  }
  standin.fail(MODEL, 'reset-mid-stream')
  await say(page, 'Once more')
  const card = page.locator('.answer .failure')
  await card.waitFor()
  t.match(await card.textContent(), /Failed while answering/)
})

t.test('reasoning stands apart from the answer', { skip }, async (t) => {
  const { base } = await build(t, { DEFAULT_MODEL: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0' })
  const { page } = await openPage(t, await browser(), base)
  await connect(page, KEY)
  await say(page, '#reason Hello')
  await notes(page, 'tokens in').waitFor()
  t.match(await page.locator('.reasoning .text').textContent(), /reasoning/i)
  t.notMatch(await page.locator('.answer > .text').textContent(), /synthetic reasoning/i)
})

for (const [how, stop] of [
  ['Esc', (page: Page) => page.keyboard.press('Escape')],
  ['the Stop button', (page: Page) => page.getByRole('button', { name: 'Stop' }).click()]
] as const) {
  t.test(`${how} stops the answer and the call to Bedrock`, { skip }, async (t) => {
    const { base, standin } = await build(t, { DEFAULT_MODEL: MODEL })
    const { page } = await openPage(t, await browser(), base)
    await connect(page, KEY)
    await say(page, '#slow 2000')
    await notes(page, 'Answering…').waitFor()
    await stop(page)
    await notes(page, 'Stopped').waitFor()
    t.ok(await eventually(() => lastCall(standin)?.aborted === true))
    t.equal(await page.locator('.answer .failure').count(), 0)
    t.ok(await page.getByRole('button', { name: 'Send' }).isVisible())
  })
}

t.test('a new chat leaves the running answer and forgets it', { skip }, async (t) => {
  const { base, standin } = await build(t, { DEFAULT_MODEL: MODEL })
  const { page } = await openPage(t, await browser(), base)
  await connect(page, KEY)
  await say(page, '#slow 2000')
  await notes(page, 'Answering…').waitFor()
  await page.getByRole('button', { name: 'New chat' }).click()
  t.ok(await eventually(() => lastCall(standin)?.aborted === true))
  await say(page, 'Afresh')
  await notes(page, 'tokens in').waitFor()
  t.match(lastCall(standin)?.body, { messages: { length: 1 } })
})

t.test('a refused chat shows what the API said, and the message can be sent again', { skip }, async (t) => {
  const { base, standin } = await build(t, { DEFAULT_MODEL: MODEL, UPSTREAM_MAX_ATTEMPTS: '1' })
  const { page } = await openPage(t, await browser(), base)
  await connect(page, KEY)
  standin.fail(MODEL, 'throttling')
  await say(page, 'Once more')
  const card = page.locator('.answer .failure')
  await card.waitFor()
  t.match(await card.textContent(), /^429/)
  t.equal(await page.getByLabel('Message').inputValue(), 'Once more')
  await page.keyboard.press('Enter')
  await notes(page, 'tokens in').waitFor()
})

t.test('an answer that breaks off says so', { skip }, async (t) => {
  const { base, standin } = await build(t, { DEFAULT_MODEL: MODEL })
  const { page } = await openPage(t, await browser(), base)
  await connect(page, KEY)
  standin.fail(MODEL, 'reset-mid-stream')
  await say(page, '#long 50')
  const card = page.locator('.answer .failure')
  await card.waitFor()
  t.match(await card.textContent(), /Failed while answering/)
})

/** The newest call of a model; the lists are read in the background. */
function lastCall(standin: Standin) {
  return standin.requests.findLast(({ operation }) => operation === 'ConverseStream')
}
