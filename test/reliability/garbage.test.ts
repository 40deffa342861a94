import t from 'tap'
import { startWatched } from './watched.ts'

const CLIENTS = 32
const ROUNDS = 50
/** The kept ones would be 4 KB each; what V8 learns of the code meanwhile is a tenth of the limit. Bytes. */
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
