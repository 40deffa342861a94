import Anthropic from '@anthropic-ai/sdk'
import t from 'tap'
import { lastCall } from '../../support/helper.ts'
import { messenger, NOVA, SONNET_46, say, WEATHER } from './messenger.ts'

t.test('the same message whole and streamed, under every path', async (t) => {
  const { post, base } = await messenger(t)
  for (const path of ['/v1/messages', '/v1/messages?beta=true', '/api/v1/messages', '/anthropic/v1/messages', '/messages']) {
    const whole = await post(path, { model: NOVA, max_tokens: 100, messages: say('hi') })
    t.equal(whole.status, 200, path)
    t.match(whole.headers.get('request-id'), /^req_/)
    t.match(await whole.json(), { type: 'message', role: 'assistant', id: /^msg_/, content: [{ type: 'text', text: /hi$/ }] })
  }
  for (const path of ['/', '/api/hello']) t.ok((await fetch(base + path, { method: 'HEAD' })).ok, path)
})

t.test('the stream has Anthropic’s events in their order, with the counts at the end', async (t) => {
  const { events } = await messenger(t)
  const { list } = await events({
    model: SONNET_46,
    messages: say('hi'),
    thinking: { type: 'enabled', budget_tokens: 1024 },
    max_tokens: 3000
  })
  const shown = list.map((event) => event.type).filter((type, index, all) => type !== all[index - 1])
  t.same(shown, [
    'message_start',
    'content_block_start',
    'content_block_delta',
    'content_block_stop',
    'content_block_start',
    'content_block_delta',
    'content_block_stop',
    'message_delta',
    'message_stop'
  ])
  t.same(
    list.flatMap((event) => (event.type === 'content_block_start' ? [event.index] : [])),
    [0, 1]
  )
  t.equal(list.filter((event) => event.type === 'content_block_delta' && event.delta.type === 'signature_delta').length, 1)
  t.match(list.at(-2), { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { input_tokens: 1, output_tokens: 25 } })
})

t.test('13: tools that Anthropic runs: alone or forced a 400 that names them, beside others left out', async (t) => {
  const { ask } = await messenger(t)
  const search = { type: 'web_search_20250305', name: 'web_search' }
  const alone = await ask({ tools: [search] })
  t.equal(alone.status, 400)
  t.match(alone.body.error?.message, /^tools\.0: .*web_search/)
  t.equal((await ask({ tools: [search, WEATHER], tool_choice: { type: 'tool', name: 'web_search' } })).status, 400)
  const beside = await ask({ tools: [search, WEATHER] })
  t.equal(beside.status, 200)
  t.equal(beside.headers.get('x-adit-dropped'), 'tools.0')
  t.match(beside.sent?.toolConfig?.tools, [{ toolSpec: { name: 'get_weather' } }])
})

t.test('tools that the caller runs are functions to every model', async (t) => {
  const { ask } = await messenger(t)
  const { status, sent } = await ask({ model: NOVA, tools: [{ type: 'bash_20250124', name: 'bash' }] })
  t.equal(status, 200)
  t.match(sent?.toolConfig?.tools, [{ toolSpec: { name: 'bash', inputSchema: { json: { properties: { command: {} } } } } }])
})

t.test('12: a deferred tool is offered once the conversation refers to it', async (t) => {
  const { ask } = await messenger(t)
  const tools = [WEATHER, { ...WEATHER, name: 'later', defer_loading: true }]
  const before = await ask({ model: NOVA, tools })
  t.same(
    before.sent?.toolConfig?.tools.map((tool) => tool.toolSpec?.name),
    ['get_weather']
  )
  const messages = [
    ...say('go'),
    { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'get_weather', input: { city: 'x' } }] },
    {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'tool_reference', tool_name: 'later' }] }]
    }
  ]
  const after = await ask({ model: NOVA, tools, messages })
  t.same(
    after.sent?.toolConfig?.tools.map((tool) => tool.toolSpec?.name),
    ['get_weather', 'later']
  )
})

t.test('14: what Bedrock cannot do is refused by name, and nothing of it is fine', async (t) => {
  const { ask } = await messenger(t)
  const refused = await ask({ mcp_servers: [{ type: 'url', url: 'https://example.com', name: 'a' }] })
  t.equal(refused.status, 400)
  t.match(refused.body.error?.message, /^mcp_servers: /)
  t.match((await ask({ container: 'c' })).body.error?.message, /^container: .*containers/)
  t.equal((await ask({ mcp_servers: [], container: null })).status, 200)
})

t.test('errors in Anthropic’s words, also of unknown routes', async (t) => {
  const { ask, post, base, standin } = await messenger(t)
  const shape = { type: 'error', error: { type: String, message: String }, request_id: /^req_/ }
  const bad = await ask({ max_tokens: undefined })
  t.match(
    [bad.status, bad.body],
    [400, { ...shape, error: { type: 'invalid_request_error', message: 'max_tokens: Field required' } }]
  )
  t.equal(bad.headers.get('request-id'), bad.body.request_id)
  const key = await fetch(`${base}/v1/messages`, { method: 'POST', headers: { 'x-api-key': 'wrong' } })
  t.match([key.status, await key.json()], [401, { ...shape, error: { type: 'authentication_error' } }])
  t.equal(key.headers.get('x-should-retry'), 'false')
  const batches = await post('/v1/messages/batches', {})
  t.match([batches.status, await batches.json()], [404, { ...shape, error: { type: 'not_found_error' } }])
  const files = await post('/v1/files', {}, { 'anthropic-version': '2023-06-01' })
  t.match([files.status, await files.json()], [404, shape])
  standin.fail(NOVA, 'unavailable', 'none')
  const busy = await ask({ model: NOVA })
  t.match([busy.status, busy.body.error?.type], [529, 'overloaded_error'])
})

t.test('20: a stream that breaks ends in an error event and never in message_stop', async (t) => {
  const { events, standin } = await messenger(t)
  standin.fail(NOVA, 'mid-stream-internal', 'none')
  const { list, text } = await events({ model: NOVA, messages: say('hi') })
  t.equal(list.at(-1)?.type, 'error')
  t.notMatch(text, /message_stop|message_delta/)
  t.match(text, /event: error\ndata: \{"type":"error","error":\{"type":"api_error","message":".*"\},"request_id":"req_/)
})

t.test('the SDK’s own accumulator and tool runner', async (t) => {
  const { client, standin } = await messenger(t)
  const params = {
    model: SONNET_46,
    max_tokens: 300,
    messages: [{ role: 'user' as const, content: 'Use the weather tool for Paris' }]
  }
  const streamed = await client.messages.stream({ ...params, tools: [WEATHER] }).finalMessage()
  t.match(streamed.content, [{ type: 'tool_use', name: 'get_weather', input: { city: 'Paris' } }])
  t.equal(streamed.stop_reason, 'tool_use')
  const run = { ...WEATHER, run: () => '22 degrees in Paris', parse: (input: unknown) => input }
  const done = await client.beta.messages.toolRunner({ ...params, tools: [run as never] }).runUntilDone()
  t.match(JSON.stringify(done.content), /22 degrees in Paris/)
  standin.fail(NOVA, 'throttling-retry-after', 'none')
  const again = new Anthropic({ baseURL: client.baseURL, apiKey: client.apiKey })
  t.ok(await again.messages.create({ ...params, model: NOVA }))
  t.equal(lastCall(standin)?.operation, 'Converse')
})
