import t from 'tap'
import { build, KEY, lastCall } from '../support/helper.ts'

const NOVA = 'amazon.nova-lite-v1:0'
const KEYS = {
  keys: [
    { name: 'team a', key: 'sk-a', metadata: { cost_centre: '4711' } },
    { name: 'team-b', key: 'sk-b' }
  ]
}
const PAIRS = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`pair${index}`, 'x']))

t.test("Bedrock's invocation log is told whose key called, and what the operator wrote beside it", async (t) => {
  const file = `${t.testdir({ 'keys.json': JSON.stringify(KEYS) })}/keys.json`
  const { base, standin } = await build(t, { API_KEYS_FILE: file })
  const sent = async (key: string, path: string, body: object) => {
    const response = await fetch(base + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: NOVA, ...body })
    })
    t.equal(response.status, 200)
    const dropped = response.headers.get('x-adit-dropped')
    await response.text()
    const call = lastCall(standin)?.body as { requestMetadata?: object } | undefined
    return { pairs: call?.requestMetadata, dropped }
  }
  const chat = (key: string, body: object = {}) =>
    sent(key, '/v1/chat/completions', { messages: [{ role: 'user', content: 'hi' }], ...body })

  t.same((await chat('sk-a')).pairs, { adit_key: 'team a', cost_centre: '4711' })
  t.same((await chat('sk-b', { stream: true, user: 'u1' })).pairs, { adit_key: 'team-b', user: 'u1' })
  t.same((await sent('sk-b', '/v1/completions', { prompt: 'hi' })).pairs, { adit_key: 'team-b' })

  const forged = { metadata: { adit_key: 'team-b', cost_centre: '1', project: 'p' } }
  t.equal((await chat('sk-a', forged)).dropped, 'metadata', 'and who tries is told')
  t.same((await chat('sk-a', forged)).pairs, { adit_key: 'team a', cost_centre: '4711', project: 'p' }, 'no caller can forge it')
  const full = await chat('sk-a', { metadata: PAIRS })
  t.match(full.pairs, { adit_key: 'team a', cost_centre: '4711', pair0: 'x' }, 'nor crowd it out')
  t.equal(full.dropped, 'metadata')
})

t.test('a gateway with one key calls it default, and one without keys says nothing', async (t) => {
  const messages = [{ role: 'user', content: 'hi' }]
  const one = await build(t)
  await (await one.post('/v1/chat/completions', { model: NOVA, messages })).text()
  t.match(lastCall(one.standin)?.body, { requestMetadata: { adit_key: 'default' } })
  t.notMatch(JSON.stringify(lastCall(one.standin)?.body), KEY)

  const open = await build(t, { AUTH: 'off' })
  await (await open.post('/v1/chat/completions', { model: NOVA, messages })).text()
  t.notMatch(JSON.stringify(lastCall(open.standin)?.body), 'requestMetadata')
})
