import { lastCall } from '../support/helper.ts'
import { CLAUDE, type Client, NOVA, proof, TITAN } from './client.ts'
import { answered, got, READ, streamed } from './replay.ts'

const USER = { role: 'user', content: 'Say hello to the rock' }
const WEBUI = {
  'x-openwebui-user-name': 'Ada',
  'x-openwebui-user-id': 'u-1',
  'x-openwebui-user-email': 'ada@example.com',
  'x-openwebui-user-role': 'user'
}

/** Open WebUI: its own HTTP client, a base URL with `/v1`. */
export const OPEN_WEBUI: Client = {
  name: 'Open WebUI',
  version: 'source',
  proofs: [
    proof('the model list, with names', async (t, built) => {
      const { data } = (await (await got(built, '/v1/models', WEBUI)).json()) as { data: { id: string; name: string }[] }
      t.ok(data.length > 10)
      for (const { id, name } of data) if (!id || !name) t.fail(`a model without id or name: ${id}`)
    }),
    proof('a streamed turn with usage, `reasoning`, `cache_control` and its user headers', async (t, built) => {
      const content = [{ type: 'text', text: 'Think of the rock', cache_control: { type: 'ephemeral' } }]
      const body = {
        model: CLAUDE,
        messages: [{ role: 'user', content }],
        stream: true,
        stream_options: { include_usage: true },
        reasoning: { effort: 'low' }
      }
      const frames = await streamed(t, built, { headers: WEBUI, body })
      t.match(frames, /"reasoning_content"/)
      t.match(frames, /"choices":\[\],.*"usage":\{"prompt_tokens"/)
      t.match(READ.openAiPython(frames), { content: /rock/ })
    }),
    proof('titles and follow-ups in the background; embeddings', async (t, built) => {
      const body = { model: NOVA, messages: [USER], stream: false, max_completion_tokens: 1000 }
      t.match((await answered(t, built, { headers: WEBUI, body })).choices[0]?.message.content, /rock/)
      const vectors = await built.post('/v1/embeddings', { model: TITAN, input: ['one', 'two'] }, WEBUI)
      t.match(await vectors.json(), { data: [{ index: 0 }, { index: 1 }] })
    })
  ]
}

/** LibreChat: LangChain's ChatOpenAI under it, a base URL with `/v1`. */
export const LIBRECHAT: Client = {
  name: 'LibreChat',
  version: 'source',
  proofs: [
    proof('`models.fetch`; a streamed turn with `user`; the title', async (t, built) => {
      const { data } = (await (await got(built, '/v1/models')).json()) as { data: { id: string }[] }
      t.ok(data.some(({ id }) => id === NOVA))
      const body = { model: NOVA, user: '66f0c0ffee', stream: true, stream_options: { include_usage: true }, messages: [USER] }
      t.match(READ.openAiPython(await streamed(t, built, { body })), { content: /rock/ })
      const title = { model: NOVA, user: '66f0c0ffee', messages: [USER], temperature: 0.2, stream: false }
      t.match((await answered(t, built, { body: title })).choices[0]?.message.content, /rock/)
    })
  ]
}

/** LangChain for Python, as its requests were recorded: what its default settings make of a text. */
export const LANGCHAIN_PYTHON: Client = {
  name: 'langchain-openai (Python)',
  version: '1.6.6',
  proofs: [
    proof('chat: always `max_completion_tokens`, strict JSON Schema', async (t, built) => {
      const json_schema = {
        name: 'City',
        strict: true,
        schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
      }
      const body = {
        model: CLAUDE,
        messages: [{ role: 'user', content: 'Paris' }],
        max_completion_tokens: 200,
        stream: true,
        response_format: { type: 'json_schema', json_schema }
      }
      const { content } = READ.openAiPython(await streamed(t, built, { body }))
      t.match(JSON.parse(String(content)), { city: String })
      t.match(lastCall(built.standin)?.body, { inferenceConfig: { maxTokens: 200 } })
    }),
    proof('`OpenAIEmbeddings` by default: tokens in, base64 out', async (t, built) => {
      const asked = { model: TITAN, encoding_format: 'base64' }
      const fromTokens = await built.post('/v1/embeddings', { ...asked, input: [[15339, 1917], [15339]] })
      const fromTexts = await built.post('/v1/embeddings', { ...asked, input: ['hello world', 'hello'] })
      const { data } = (await fromTokens.json()) as { data: { embedding: string }[] }
      t.equal(Buffer.from(data[0]?.embedding ?? '', 'base64').length, 4 * 1024)
      t.same(((await fromTexts.json()) as { data: unknown }).data, data)
    })
  ]
}
