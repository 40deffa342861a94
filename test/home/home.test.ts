import { readdir, readFile } from 'node:fs/promises'
import t from 'tap'
import { HOME_PAGE } from '../../src/home/page.ts'
import { homeScript } from '../../src/home/script.ts'
import { HOME_STYLE } from '../../src/home/style.ts'
import { build, KEY } from '../support/helper.ts'

const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

t.test('GET / tells a program in JSON what answers and whether it is ready', async (t) => {
  const { base } = await build(t, { AWS_REGION: 'us-east-1' })
  const response = await fetch(base)
  t.equal(response.status, 200)
  t.match(response.headers.get('content-type'), 'application/json')
  t.match(await response.json(), {
    name: 'adit',
    version: /^\d+\.\d+\.\d+/,
    region: 'us-east-1',
    ready: true,
    base_url: `${base}/v1`,
    key_required: true
  })
})

t.test('HEAD / is 200 for clients that probe', async (t) => {
  const { base } = await build(t)
  const response = await fetch(base, { method: 'HEAD' })
  t.equal(response.status, 200)
  t.equal(await response.text(), '')
})

t.test('the base URL in the JSON keeps the https that a balancer ended', async (t) => {
  const { base } = await build(t)
  const response = await fetch(base, { headers: { 'x-forwarded-proto': 'https' } })
  t.match(await response.json(), { base_url: `${base.replace('http:', 'https:')}/v1` })
})

t.test('GET / gives a browser the page, with a policy that lets nothing else in', async (t) => {
  const { base } = await build(t)
  const response = await fetch(base, { headers: HTML })
  t.equal(response.status, 200)
  t.equal(response.headers.get('content-type'), 'text/html; charset=utf-8')
  const policy = response.headers.get('content-security-policy') ?? ''
  for (const rule of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]) {
    t.match(policy, rule)
  }
  t.notMatch(policy, 'unsafe')
  t.equal(response.headers.get('x-content-type-options'), 'nosniff')
  t.equal(response.headers.get('referrer-policy'), 'no-referrer')
  t.equal(await response.text(), HOME_PAGE)
})

t.test('caches tell the page from the JSON, also where CORS names origins', async (t) => {
  const { base } = await build(t, { ALLOWED_ORIGINS: 'https://chat.example' })
  const response = await fetch(base, { headers: { ...HTML, origin: 'https://chat.example' } })
  t.match(response.headers.get('vary'), /\baccept\b/)
  t.match(response.headers.get('vary'), /\borigin\b/i)
})

t.test('a page that has not changed is not sent again', async (t) => {
  const { base } = await build(t)
  for (const path of ['/', '/home/app.js', '/home/style.css', '/home/icon.svg']) {
    const first = await fetch(base + path, { headers: HTML })
    const etag = first.headers.get('etag') ?? ''
    const again = await fetch(base + path, { headers: { ...HTML, 'if-none-match': etag } })
    t.equal(again.status, 304, path)
    t.equal(await again.text(), '', path)
  }
})

t.test('HOME_PAGE=false leaves a name for probes, and no page', async (t) => {
  const { base } = await build(t, { HOME_PAGE: 'false' })
  const response = await fetch(base, { headers: HTML })
  t.equal(response.status, 200)
  t.same(await response.json(), { name: 'adit' })
  t.equal((await fetch(base, { method: 'HEAD' })).status, 200)
  t.equal((await fetch(`${base}/home/app.js`)).status, 404)
})

t.test('the page needs no key and carries none', async (t) => {
  const { base } = await build(t)
  const texts = await Promise.all(['/', '/home/app.js'].map(async (path) => (await fetch(base + path, { headers: HTML })).text()))
  t.notMatch(texts.join(''), KEY)
})

t.test('page, style and script together stay under 40 kB', async (t) => {
  t.ok(Buffer.byteLength(HOME_PAGE + HOME_STYLE + homeScript()) < 40_000)
})

t.test('the page has every element the script asks for', async (t) => {
  const asked = [...homeScript().matchAll(/byId\('([^']+)'\)/g)].map((match) => match[1] ?? '')
  t.ok(asked.length > 10)
  for (const id of new Set(asked)) t.match(HOME_PAGE, `id="${id}"`)
})

t.test('the script holds every function of the page once, and nothing of the server', async (t) => {
  const names = [...homeScript().matchAll(/^(?:async )?function\*? (\w+)/gm)].map((match) => match[1])
  t.equal(new Set(names).size, names.length)
  t.notMatch(homeScript(), /innerHTML|insertAdjacentHTML|document\.write|\beval\b/)
})

t.test('a browser module holds exported functions and types only, since nothing else reaches the page', async (t) => {
  const folder = new URL('../../src/home/browser/', import.meta.url)
  const script = await readFile(new URL('../script.ts', folder), 'utf8')
  for (const name of await readdir(folder)) {
    const code = (await readFile(new URL(name, folder), 'utf8')).replace(/`[^`]*`/g, '')
    const topLevel = code.split('\n').filter((line) => /^\w/.test(line))
    t.same(
      topLevel.filter((line) => !/^(import|export (async )?function|export interface|export type)\b/.test(line)),
      [],
      name
    )
    t.match(script, `./browser/${name}`)
  }
})
