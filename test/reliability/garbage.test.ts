import t from 'tap'
import { startWatched } from './watched.ts'

const CLIENTS = 32
const ROUNDS = 30
/** The kept ones would be 4 KB each; what V8 learns of the code meanwhile is a sixth of the limit. Bytes. */
const MOST_KEPT = 1024

for (const stream of [false, true])
  t.test(`${stream ? 'streams' : 'answers'} that are over do not wait among the old objects`, { timeout: 120_000 }, async (t) => {
    const { post, health } = await startWatched(t)
    const body = { model: 'amazon.nova-lite-v1:0', stream, messages: [{ role: 'user', content: 'Say hello' }] }
    const askAll = async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const answers = await Promise.all(Array.from({ length: CLIENTS }, () => post(body)))
        await Promise.all(answers.map((answer) => answer.text()))
        if (answers.some(({ status }) => status !== 200)) throw new Error('an answer failed')
      }
    }
    await askAll() // code is compiled, pools and memories are filled
    const before = (await health()).old
    await askAll()
    const each = ((await health()).old - before) / (CLIENTS * ROUNDS)
    t.ok(each < MOST_KEPT, `${each.toFixed(0)} bytes a request`)
  })

const QUESTIONS = 8
/** Bytes. */
const LONG = 400_000

t.test('of a long question only what was sent is held while its answer comes', { timeout: 60_000 }, async (t) => {
  const { post, health } = await startWatched(t)
  const ask = { model: 'standin.fault-hang-mid-stream', max_tokens: 9, stream: true }
  const begun = async (path: string) => {
    const words = 'Where does the water go? '.repeat(LONG / 25)
    const answer = await post({ ...ask, ...(path.endsWith('responses') ? { input: words, store: false } : turns(words)) }, path)
    const reader = answer.body!.getReader()
    t.teardown(() => reader.cancel())
    for (let told = ''; !told.includes('delta'); ) {
      const { value, done } = await reader.read() // a comment or a greeting comes before the model has begun
      if (done) throw new Error('the answer is over')
      told += new TextDecoder().decode(value)
    }
  }
  for (const path of ['/v1/chat/completions', '/v1/messages', '/v1/responses']) {
    await begun(path) // code is compiled, pools are filled
    const before = (await health('/held')).held!
    for (let each = 0; each < QUESTIONS; each++) await begun(path)
    const grown = (await health('/held')).held! - before
    const times = grown / QUESTIONS / LONG
    t.ok(times < 1.5, `${path}: ${times.toFixed(2)} times the length of each question are held`)
  }
})

function turns(content: string) {
  return { messages: [{ role: 'user', content }] }
}
