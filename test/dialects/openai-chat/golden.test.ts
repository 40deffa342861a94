import t from 'tap'
import { build } from '../../support/helper.ts'

const CHAT = '/v1/chat/completions'
const MODEL = 'openai.gpt-oss-120b-1:0'
const say = (content: string) => [{ role: 'user', content }]
const tool = (name: string) => ({ type: 'function', function: { name, parameters: { type: 'object' } } })

/** What the model answers: each block in deltas of eight characters. */
const ANSWER = {
  content: [
    { reasoningContent: { reasoningText: { text: 'The user' } } },
    { text: 'Checking' },
    { toolUse: { toolUseId: 'call_A1', name: 'get_weather', input: { city: 'Paris' } } },
    { toolUse: { toolUseId: 'call_B2', name: 'now', input: {} } }
  ],
  chunkSize: 8,
  stopReason: 'tool_use',
  usage: { inputTokens: 20, outputTokens: 41, totalTokens: 161, cacheReadInputTokens: 100, cacheWriteInputTokens: 0 },
  additionalModelResponseFields: { usage: { output_tokens_details: { thinking_tokens: 12 } } }
}

const START = `data: {"id":"ID","object":"chat.completion.chunk","created":0,"model":"${MODEL}","service_tier":"default","system_fingerprint":"fp_adit",`
const delta = (json: string, finish = 'null') =>
  `${START}"choices":[{"index":0,"delta":${json},"logprobs":null,"finish_reason":${finish}}],"usage":null}`

const FRAMES = [
  delta('{"role":"assistant","content":"","refusal":null}'),
  delta('{"reasoning_content":"The user"}'),
  delta('{"content":"Checking"}'),
  delta('{"tool_calls":[{"index":0,"id":"call_A1","type":"function","function":{"name":"get_weather","arguments":""}}]}'),
  delta('{"tool_calls":[{"index":0,"function":{"arguments":"{\\"city\\":"}}]}'),
  delta('{"tool_calls":[{"index":0,"function":{"arguments":"\\"Paris\\"}"}}]}'),
  delta('{"tool_calls":[{"index":1,"id":"call_B2","type":"function","function":{"name":"now","arguments":""}}]}'),
  delta('{"tool_calls":[{"index":1,"function":{"arguments":"{}"}}]}'),
  delta('{}', '"tool_calls"'),
  `${START}"choices":[],"usage":{"prompt_tokens":120,"completion_tokens":41,"total_tokens":161,"prompt_tokens_details":{"cached_tokens":100,"cache_write_tokens":0,"cache_creation_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":12,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}}`,
  'data: [DONE]',
  ''
]

t.test('reasoning, text and two calls come over the wire as these frames, byte for byte', async (t) => {
  const { post, standin } = await build(t)
  standin.answer(MODEL, ANSWER)
  const response = await post(CHAT, {
    model: MODEL,
    messages: say('What is the weather in Paris?'),
    tools: [tool('get_weather'), tool('now')],
    reasoning_effort: 'low',
    stream: true,
    stream_options: { include_usage: true }
  })
  const text = await response.text()
  const plain = text.replaceAll(/"id":"chatcmpl-\w{20,}"/g, '"id":"ID"').replaceAll(/"created":\d{10,}/g, '"created":0')
  t.strictSame(plain.split('\n\n'), FRAMES)
})

/** What makes the failure; its status, headers, and the error in full or by what its message says. */
const FAILURES = [
  {
    name: 'a model nobody knows',
    body: { model: 'nobody.foo-v1:0', messages: say('a') },
    status: 404,
    error: {
      message: /The model nobody\.foo-v1:0 does not exist/,
      type: 'invalid_request_error',
      param: 'model',
      code: 'model_not_found'
    }
  },
  {
    name: 'a role nobody knows',
    body: { model: MODEL, messages: [{ role: 'robot', content: 'a' }] },
    status: 400,
    error: {
      message:
        "Invalid value: 'robot'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.",
      type: 'invalid_request_error',
      param: 'messages[0].role',
      code: 'invalid_value'
    }
  },
  {
    name: 'log probabilities',
    body: { model: MODEL, messages: say('a'), logprobs: true },
    status: 400,
    error: {
      message: "Unsupported parameter: 'logprobs' is not supported with this model.",
      type: 'invalid_request_error',
      param: 'logprobs',
      code: 'unsupported_parameter'
    }
  },
  {
    name: 'an input that is too long',
    body: { model: 'standin.fault-input-too-long', messages: say('a') },
    status: 400,
    error: { message: /too long/, type: 'invalid_request_error', param: 'messages', code: 'context_length_exceeded' }
  },
  {
    name: 'a wrong key',
    body: { model: MODEL, messages: say('a') },
    headers: { authorization: 'Bearer sk-abcxyz' },
    status: 401,
    told: { 'www-authenticate': /^Bearer$/ },
    error: { message: /^Incorrect API key provided/, type: 'invalid_request_error', param: null, code: 'invalid_api_key' }
  },
  {
    name: 'a throttle',
    body: { model: 'standin.fault-throttling', messages: say('a') },
    status: 429,
    told: { 'retry-after': /^[1-9]\d*$/ },
    error: { message: /\w/, type: 'rate_limit_error', param: null, code: 'rate_limit_exceeded' }
  },
  {
    name: 'an overloaded model',
    body: { model: 'standin.fault-unavailable', messages: say('a') },
    status: 503,
    told: { 'retry-after': /^[1-9]\d*$/ },
    error: { message: /not available at the moment/, type: 'server_error', param: null, code: 'server_is_overloaded' }
  }
] as const

t.test('failures have the status and the four members that clients read', async (t) => {
  const { post } = await build(t, { UPSTREAM_MAX_ATTEMPTS: '1' })
  for (const { name, body, status, error, ...row } of FAILURES) {
    const response = await post(CHAT, body, 'headers' in row ? row.headers : {})
    t.equal(response.status, status, name)
    const answer = (await response.json()) as { error: object }
    t.same(Object.keys(answer), ['error'], name)
    t.same(Object.keys(answer.error), ['message', 'type', 'param', 'code'], name)
    t.match(answer.error, error, name)
    for (const [header, value] of Object.entries('told' in row ? row.told : {}))
      t.match(response.headers.get(header), value, name)
  }
})

t.test('a failure in mid-stream is one error frame, the last of the stream', async (t) => {
  const { post } = await build(t)
  const response = await post(CHAT, { model: 'standin.fault-eof-no-stop', messages: say('a'), stream: true })
  const frames = (await response.text()).split('\n\n')
  t.equal(frames.at(-1), '')
  t.match(
    frames.at(-2),
    /^data: \{"error":\{"message":"[^"]+","type":"server_error","param":null,"code":"upstream_stream_error"\}\}$/
  )
  t.notOk(frames.some((frame) => frame.includes('[DONE]') || /"finish_reason":"/.test(frame)))
})
