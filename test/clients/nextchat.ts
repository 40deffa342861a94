import { Readable } from 'node:stream'
import { request } from 'undici'
import { type Built, KEY, lastCall } from '../support/helper.ts'
import { CLAUDE, type Client, NOVA, proof } from './client.ts'
import { answered, got, READ, streamed } from './replay.ts'

const ORIGIN = 'http://127.0.0.1:3000'
const IN_BROWSER = {
  origin: ORIGIN,
  referer: `${ORIGIN}/`,
  accept: 'application/json, text/event-stream',
  'accept-encoding': 'gzip, deflate, br, zstd'
}
const BY_PROXY = {
  'cache-control': 'no-store',
  accept: '*/*',
  'accept-encoding': 'gzip, deflate',
  'user-agent': 'Next.js Middleware',
  'x-middleware-subrequest': 'app/api/[provider]/[...path]/route',
  'sec-fetch-mode': 'cors'
}
const SETTINGS = { temperature: 0.5, presence_penalty: 0, frequency_penalty: 0, top_p: 1 }
const TITLE = 'Please generate a four to five word title summarizing our conversation without any lead-in'
const SUMMARY = 'Summarize the discussion briefly in 200 words or less to use as a prompt for future context.'

const turn = (role: string, content: unknown) => ({ role, content })
const body = (messages: unknown[], more: object = {}) => ({ messages, stream: true, model: CLAUDE, ...SETTINGS, ...more })

/** As its server sends it: without a length when no model list is configured. */
function chunked({ base }: Built, json: object) {
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...BY_PROXY }
  const body = Readable.from([JSON.stringify(json)])
  return request(`${base}/api/v1/chat/completions`, { method: 'POST', headers, body })
}

/** NextChat in the browser and by its own server, as its requests were recorded. */
export const NEXTCHAT: Client = {
  name: 'NextChat',
  version: '2.16.1',
  proofs: [
    proof('from the browser: preflight, a streamed turn with all its settings', async (t, built) => {
      const preflight = await fetch(`${built.base}/v1/chat/completions`, {
        method: 'OPTIONS',
        headers: {
          origin: ORIGIN,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,content-type',
          'sec-fetch-mode': 'cors'
        }
      })
      t.ok(preflight.ok)
      t.match(preflight.headers.get('access-control-allow-headers'), /authorization.*content-type/)
      const answer = READ.nextChat(await streamed(t, built, { headers: IN_BROWSER, body: body([turn('user', 'Hi rock')]) }))
      t.match(answer.text, /Hi rock/)
      t.match(lastCall(built.standin)?.body, { inferenceConfig: { temperature: 0.5, topP: undefined } })
    }),
    proof('by its server, the body in chunks without a length', async (t, built) => {
      const response = await chunked(built, body([turn('user', 'Hi rock')], { model: NOVA, max_tokens: 4000 }))
      t.equal(response.statusCode, 200)
      t.match(await response.body.text(), /rock[\s\S]*\[DONE\]/)
    }),
    proof('the title of a chat; a memory summary with the system message last', async (t, built) => {
      const history = [turn('user', 'Hi'), turn('assistant', 'Hello there. ')]
      const title = await answered(t, built, { body: body([...history, turn('user', TITLE)], { stream: false }) })
      t.type(title.choices[0]?.message.content, 'string')
      for (const model of [CLAUDE, 'us.anthropic.claude-opus-4-7', NOVA]) {
        const asked = body([...history, ...history, turn('system', SUMMARY)], { model })
        t.not(READ.nextChat(await streamed(t, built, { body: asked })).text, '', model)
      }
    }),
    proof('pictures in a body of 1.4 MB', async (t, built) => {
      const url = `data:image/jpeg;base64,/9j/${'A'.repeat(240_000)}`
      const pictures = Array.from({ length: 3 }, () => ({ type: 'image_url', image_url: { url } }))
      const content = [{ type: 'text', text: 'What is on these?' }, ...pictures]
      const asked = body([turn('user', content), turn('assistant', 'Rocks.'), turn('user', content)], { max_tokens: 4000 })
      t.ok(JSON.stringify(asked).length > 1_400_000)
      t.match(READ.nextChat(await streamed(t, built, { body: asked })).text, /What is on these/)
    }),
    proof('plugins: two calls, and the results with `name` and without `content`', async (t, built) => {
      const tools = ['get_weather', 'get_/{city}/news'].map((name) => ({
        type: 'function',
        function: { name, parameters: { type: 'object', properties: { city: { type: 'string' } } } }
      }))
      const asked = [turn('user', 'Use both tools, the weather one first: Paris')]
      const { tools: calls } = READ.nextChat(await streamed(t, built, { body: body(asked, { tools }) }))
      t.same(
        calls.map(({ name }) => name),
        ['get_weather', 'get_/{city}/news']
      )
      for (const call of calls) t.match(JSON.parse(call.arguments), { city: 'Paris' })
      const tool_calls = calls.map(({ id, ...called }) => ({ id, type: 'function', function: called }))
      const results = calls.map(({ id, name }) => ({ name, role: 'tool', content: '22 degrees', tool_call_id: id }))
      const next = body([...asked, { role: 'assistant', tool_calls }, ...results], { tools })
      t.match(READ.nextChat(await streamed(t, built, { body: next })).text, /22 degrees/)
    }),
    proof('names that change its body: `gpt-4o-mini`, `gpt-5`, `o3`', async (t, built) => {
      const developer = turn('developer', 'Formatting re-enabled')
      const asked = [
        body([turn('system', 'You are ChatGPT'), turn('user', 'Hi rock')], { model: 'gpt-4o-mini' }),
        body([turn('user', 'Hi rock')], { model: 'gpt-5', temperature: 1, max_completion_tokens: 4000 }),
        body([developer, turn('user', 'Hi rock')], { model: 'o3', temperature: 1, max_completion_tokens: 4000 })
      ]
      for (const each of asked) t.match(READ.nextChat(await streamed(t, built, { body: each })).text, /Hi rock/, each.model)
    }),
    proof('an error: its text as JSON, readable from the browser; then as history', async (t, built) => {
      const asked = {
        method: 'POST',
        headers: { ...IN_BROWSER, authorization: 'Bearer wrong', 'content-type': 'application/json' }
      }
      const failed = await fetch(`${built.base}/v1/chat/completions`, {
        ...asked,
        body: JSON.stringify(body([turn('user', 'Hi')]))
      })
      t.equal(failed.status, 401)
      t.equal(failed.headers.get('access-control-allow-origin'), '*')
      const told = `\n\n\`\`\`json\n${JSON.stringify(await failed.json(), null, 2)}\n\`\`\``
      const next = body([turn('user', 'Hi'), turn('assistant', told), turn('user', 'Hi rock')])
      t.match(READ.nextChat(await streamed(t, built, { body: next })).text, /rock/)
      return '401 with the reason; the next turn works'
    }),
    proof('balance query; the model list by its server', async (t, built) => {
      const usage = await got(built, '/dashboard/billing/usage?start_date=2026-11-01&end_date=2026-11-30')
      t.match(await usage.json(), { total_usage: Number })
      t.match(await (await got(built, '/dashboard/billing/subscription')).json(), { hard_limit_usd: Number })
      t.match(await (await got(built, '/v1/models', BY_PROXY)).json(), {
        object: 'list',
        data: [{ id: String, object: 'model' }]
      })
    })
  ]
}
