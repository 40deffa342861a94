import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core'
import type { Test } from 'tap'

const CHROMIUM = '/usr/bin/chromium'

/** Why tests in a browser are left out here; `false` when they are not. */
export const noChromium: string | false = existsSync(CHROMIUM)
  ? false
  : `there is no ${CHROMIUM}: apt-get install chromium to run these`

/** A page in a fresh profile, and all it did; it closes with the test. */
export interface Opened {
  readonly page: Page
  /** Faults on the console and uncaught errors. */
  readonly faults: string[]
  /** Every URL that was asked for. */
  readonly urls: string[]
}

/** One browser for all tests of a file, started when the first asks for it. */
export function shareBrowser(t: Test): () => Promise<Browser> {
  t.setTimeout(300_000) // a browser on a busy machine is slow, and that is no fault of the page
  let started: Promise<Browser> | undefined
  t.teardown(async () => (await started)?.close())
  return () => {
    started ??= launch()
    return started
  }
}

/** Opens `url` in a profile of its own. */
export async function openPage(t: Test, browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser.newContext(options)
  t.teardown(() => context.close())
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const faults: string[] = []
  const urls: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('request', (request) => urls.push(request.url()))
  await page.goto(url)
  return { page, faults, urls }
}

/** Types the key and waits for the models. */
export async function connect(page: Page, key: string): Promise<void> {
  await page.getByLabel('API key').fill(key)
  await page.keyboard.press('Enter')
  await rows(page).first().waitFor()
}

/** Sends a chat message. */
export async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message').fill(text)
  await page.keyboard.press('Enter')
}

/** The line below an answer: what it costs, or what it waits for. */
export function notes(page: Page, text: string | RegExp): Locator {
  return page.locator('.answer > .fine', { hasText: text })
}

/** The rows of the table of models. */
export function rows(page: Page): Locator {
  return page.locator('#models-rows tr')
}

function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync'
    ]
  })
}
