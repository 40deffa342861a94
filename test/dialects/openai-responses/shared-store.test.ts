import OpenAI from 'openai'
import t, { type Test } from 'tap'
import { startStandin } from '../../../src/standin/server.ts'
import { build, KEY, lastCall } from '../../support/helper.ts'
import { ask, freePort, start } from '../../support/process.ts'

const NOVA = 'amazon.nova-lite-v1:0'
const STORE = 's3://adit-responses/kept'

t.test('two gateways with one store: a chain goes on between them for ten turns', async (t) => {
  const standin = await startStandin()
  t.teardown(() => standin.close())
  const gateway = async () => {
    const port = await freePort()
    start(t, 'src/server.ts', { ...standin.env, HOST: '127.0.0.1', PORT: String(port), API_KEY: 'sk-x', RESPONSES_STORE: STORE })
    const base = `http://127.0.0.1:${port}`
    await ask(`${base}/ready`, 200)
    return new OpenAI({ baseURL: `${base}/v1`, apiKey: 'sk-x', maxRetries: 0 })
  }
  const [one, two] = await Promise.all([gateway(), gateway()])
  let previous: string | undefined
  for (let turn = 0; turn < 10; turn++) {
    const client = turn % 2 === 0 ? one : two
    const asked = { model: NOVA, input: `turn ${turn}`, ...(previous === undefined ? {} : { previous_response_id: previous }) }
    if (turn % 3 === 0) previous = (await client.responses.stream(asked).finalResponse()).id
    else previous = (await client.responses.create(asked)).id
  }
  const { messages } = (lastCall(standin)?.body ?? { messages: [] }) as {
    messages: { role: string; content: { text: string }[] }[]
  }
  const asked = messages.filter(({ role }) => role === 'user').map(({ content }) => content[0]?.text)
  t.same(
    asked,
    Array.from({ length: 10 }, (_, turn) => `turn ${turn}`)
  )
  t.equal(messages.length, 19, 'with every answer between')
  t.equal((await one.responses.retrieve(String(previous))).id, previous, 'the other one sees it too')
  const sizes = [...standin.objects('adit-responses').values()].map(({ bytes }) => bytes.length)
  t.equal(sizes.length, 10)
  t.ok(Math.max(...sizes) < 2 * Math.min(...sizes), 'no record holds the turns before it')
})

async function withStore(t: Test, env: Record<string, string> = {}) {
  const built = await build(t, { RESPONSES_STORE: STORE, RESPONSES_STORE_TIMEOUT_MS: '1000', ...env })
  const create = async (body: object = {}) => {
    const response = await built.post('/v1/responses', { model: NOVA, input: 'hi', ...body })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: text.startsWith('{') ? JSON.parse(text) : {} }
  }
  return { ...built, create }
}

t.test('a store that is down, slow, and back', async (t) => {
  const { create, standin, openai } = await withStore(t)
  const kept = (await create()).body
  t.equal(kept.store, true)
  const down = async (on: boolean) => {
    for (const operation of ['GetObject', 'PutObject', 'DeleteObject']) standin.deny(operation, on)
  }
  const slow = async (on: boolean) => standin.delayS3(on ? 60_000 : 0)
  const trouble = async (on: boolean) => {
    for (const operation of ['GetObject', 'PutObject']) standin.throttle(operation, on)
  }
  for (const [name, state] of [
    ['down', down],
    ['slow', slow],
    ['throttled', trouble]
  ] as const) {
    await state(true)
    const [lone, stream, chained] = await Promise.all([
      create(),
      create({ stream: true }),
      create({ previous_response_id: kept.id })
    ])
    t.match(lone, { status: 200, body: { store: false, status: 'completed' } }, name)
    t.equal(lone.headers.get('x-adit-dropped'), 'store', name)
    t.match(stream.text, /event: response\.completed\ndata: .*"store":false/, name)
    t.match(stream.text, /event: response\.created\ndata: .*"store":true/, name)
    t.match(chained, { status: 503, body: { error: { type: 'server_error' } } }, name)
    t.ok(chained.headers.get('retry-after'), name)
    t.equal((await create({ store: false })).headers.get('x-adit-dropped'), null, `${name}: nobody else notices`)
    await state(false)
    t.equal((await create({ previous_response_id: kept.id })).status, 200, `back from ${name}`)
    t.equal((await openai.responses.retrieve(kept.id)).id, kept.id)
  }
})

t.test('a conversation over a shared store', async (t) => {
  const { create, openai, standin } = await withStore(t)
  const { id } = await openai.conversations.create({ items: [{ role: 'user', content: 'before' }] })
  const answers = await Promise.all([create({ conversation: id, input: 'a' }), create({ conversation: id, input: 'b' })])
  t.same(
    answers.map(({ status }) => status),
    [200, 200]
  )
  t.equal((await openai.conversations.items.list(id, { limit: 100 })).data.length, 5)
  standin.deny('PutObject', true)
  const lost = await create({ conversation: id, input: 'c', store: false })
  t.match([lost.status, lost.headers.get('x-adit-dropped')], [200, 'conversation'])
  const refused = await openai.conversations.update(id, { metadata: {} }).catch((error: { status: number }) => error.status)
  t.equal(refused, 503)
})

t.test('S3: what is read from a store counts towards the memory of bodies, before it is read', async (t) => {
  const { create, base, standin } = await withStore(t, { BODY_MEMORY_BYTES: '9000000' })
  const input = 'a'.repeat(400_000)
  let last = (await create({ input })).body
  for (let more = 0; more < 2; more++) last = (await create({ input, previous_response_id: last.id })).body
  const tooMuch = await create({ input, previous_response_id: last.id })
  t.match([tooMuch.status, tooMuch.body.error?.message], [413, /with what it refers to/])
  const { id } = (await create({ input: 'a'.repeat(1_200_000) })).body
  standin.delayS3(50)
  const get = async () => {
    const response = await fetch(`${base}/v1/responses/${id}/input_items`, { headers: { authorization: `Bearer ${KEY}` } })
    return { status: response.status, length: (await response.text()).length, retry: response.headers.get('retry-after') }
  }
  const many = await Promise.all(Array.from({ length: 12 }, get))
  const served = many.filter(({ status }) => status === 200)
  t.ok(served.length > 0 && served.length < many.length, `${served.length} at once`)
  t.ok(
    many.every(({ status, retry }) => status === 200 || (status === 503 && retry !== null)),
    'the others are told to wait'
  )
  t.equal((await get()).status, 200, 'there is room again')
})
