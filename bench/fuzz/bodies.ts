import { buildApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { makeRandom } from '../../src/standin/random.ts'
import { startStandin } from '../../src/standin/server.ts'
import { serve } from './job.ts'
import { mutateJson } from './mutate-json.ts'
import { SEEDS } from './seed-bodies.ts'

/**
 * Damaged request bodies into the gateway before the stand-in. Promises: no 500, no other failure of a server, and every refusal is
 * OpenAI's error object; a stream that began ends with `[DONE]` or with an error.
 */
const KEY = 'fuzz-key-that-opens-nothing'
// every request is kept by the stand-in; a new one from time to time keeps memory flat
const KEPT_REQUESTS = 1000

const standin = await startStandin({ eventGapMs: 0 })
Object.assign(process.env, standin.env)
const app = await buildApp(
  readConfig({
    ...standin.env,
    HOST: '127.0.0.1',
    LOG_LEVEL: 'silent',
    API_KEY: KEY,
    FETCH_REMOTE_MEDIA: 'false',
    MAX_EVENT_LOOP_DELAY_MS: '0'
  })
)
const base = await app.listen({ port: 0, host: '127.0.0.1' })

function check(status: number, type: string, text: string): string {
  if (type.startsWith('text/event-stream')) {
    if (text.endsWith('data: [DONE]\n\n')) return '200, a stream'
    const last = text.trimEnd().split('\n\n').at(-1) ?? ''
    if (last.startsWith('data: {"error":{')) return '200, an error event'
    throw new Error(`a stream ended with neither [DONE] nor an error: ${text.slice(-300)}`)
  }
  const body = JSON.parse(text)
  if (status === 200) return '200'
  const { error } = body
  const shaped = typeof error?.message === 'string' && typeof error.type === 'string' && 'param' in error && 'code' in error
  if (!shaped) throw new Error(`${status} is not OpenAI's error: ${text.slice(0, 300)}`)
  if (status >= 500) throw new Error(`${status}: ${text.slice(0, 500)}`)
  return String(status)
}

await serve({
  async run(seed, number) {
    const random = makeRandom(seed, `body ${number}`)
    const { path, body } = SEEDS[random.between(0, SEEDS.length - 1)]!
    const payload = mutateJson(body, random)
    const answer = await fetch(base + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: new Uint8Array(payload)
    })
    const text = await answer.text()
    if (standin.requests.length > KEPT_REQUESTS) standin.requests.splice(0)
    try {
      return check(answer.status, String(answer.headers.get('content-type')), text)
    } catch (error) {
      throw new Error(`${(error as Error).message}\nthe body: ${payload.toString('utf8').slice(0, 3000)}`)
    }
  },
  async close() {
    await app.close()
    await standin.close()
  }
})
process.exit(0)
