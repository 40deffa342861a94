import OpenAI from 'openai'
import t, { type Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { type Standin, startStandin } from '../../src/standin/server.ts'

const NOVA = 'amazon.nova-lite-v1:0'

/** The gateway without keys. */
async function build(t: Test): Promise<{ openai: OpenAI; standin: Standin; base: string }> {
  const standin = await startStandin()
  t.teardown(() => standin.close())
  const before = { ...process.env }
  Object.assign(process.env, standin.env)
  t.teardown(() => {
    process.env = before
  })
  const app = await buildApp(readConfig({ ...standin.env, HOST: '127.0.0.1', AUTH: 'off', LOG_LEVEL: 'silent' }))
  t.teardown(() => app.close())
  const base = `${await app.listen({ port: 0, host: '127.0.0.1' })}/v1`
  await app.bedrock.warm()
  return { openai: new OpenAI({ baseURL: base, apiKey: 'none', maxRetries: 0 }), standin, base }
}

const says = (text: string) => ({ content: [{ text }], usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 } })

t.test('a prompt is completed', async (t) => {
  const { openai, standin } = await build(t)
  standin.answer(NOVA, says('world'))
  const answer = await openai.completions.create({ model: NOVA, prompt: 'hello', max_tokens: 5, echo: true })
  t.match(answer, {
    id: /^cmpl-.{20,}/,
    object: 'text_completion',
    model: NOVA,
    choices: [{ text: 'helloworld', index: 0, logprobs: null, finish_reason: 'stop' }],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }
  })
  const { body } = standin.requests.find((request) => request.operation === 'Converse')!
  t.match(body, { messages: [{ role: 'user', content: [{ text: 'hello' }] }], inferenceConfig: { maxTokens: 5 } })
})

t.test('prompts and n make choices in order, usage is summed', async (t) => {
  const { openai } = await build(t)
  const { choices, usage } = await openai.completions.create({
    model: NOVA,
    prompt: ['one', [15339, 1917]] as never,
    n: 2,
    echo: true
  })
  t.strictSame(
    choices.map((choice) => choice.index),
    [0, 1, 2, 3]
  )
  t.match(
    choices.map((choice) => choice.text),
    [/^one/, /^one/, /^hello world/, /^hello world/]
  )
  t.ok((usage?.total_tokens ?? 0) > 0)
})

t.test('a stream adds up to the answer and ends with one [DONE]', async (t) => {
  const { openai, standin, base } = await build(t)
  standin.answer(NOVA, says('the whole answer'))
  const ask = { model: NOVA, prompt: 'hello', stream: true, stream_options: { include_usage: true } } as const
  let text = ''
  const finishes: (string | undefined)[] = []
  for await (const chunk of await openai.completions.create(ask)) {
    text += chunk.choices[0]?.text ?? ''
    finishes.push(chunk.choices[0]?.finish_reason)
  }
  t.equal(text, 'the whole answer')
  t.strictSame(finishes.slice(-2), ['stop', undefined])
  const raw = await (
    await fetch(`${base}/completions`, {
      method: 'POST',
      body: JSON.stringify(ask),
      headers: { 'content-type': 'application/json' }
    })
  ).text()
  t.ok(raw.endsWith('data: [DONE]\n\n'))
  t.equal(raw.split('[DONE]').length, 2)
})

t.test('a stream that breaks ends with an error and without [DONE]', async (t) => {
  const { openai, standin, base } = await build(t)
  standin.fail(NOVA, 'mid-stream-internal', 'mid-stream-internal')
  const ask = { model: NOVA, prompt: 'hello', stream: true } as const
  const raw = await (
    await fetch(`${base}/completions`, {
      method: 'POST',
      body: JSON.stringify(ask),
      headers: { 'content-type': 'application/json' }
    })
  ).text()
  t.match(raw, /"error":\{/)
  t.notMatch(raw, /\[DONE\]/)
  await t.rejects(async () => {
    for await (const _ of await openai.completions.create(ask));
  })
})

t.test('a refusal before the first event is a real status', async (t) => {
  const { openai, standin } = await build(t)
  standin.fail(NOVA, 'access-denied', 'access-denied')
  await t.rejects(openai.completions.create({ model: NOVA, prompt: 'a', stream: true }), { status: 403, message: /authorized/ })
  await t.rejects(openai.completions.create({ model: NOVA, prompt: 'a', logprobs: 3 }), {
    status: 400,
    param: 'logprobs',
    message: /logprobs/
  })
})

const WRONG: readonly [field: string, values: readonly unknown[]][] = [
  ['model', [5, {}, ['a']]],
  ['prompt', [5, {}, true]],
  ['max_tokens', ['5', 1.5, true, 0, -1]],
  ['temperature', ['1', true, 3, -1, []]],
  ['top_p', ['1', 2, {}]],
  ['n', ['2', 0, 9, 1.5]],
  ['stop', [5, true, {}]],
  ['stream', ['true', 1, 'yes', {}]],
  ['stream_options', [true, 'x', []]],
  ['stream_options.include_usage', ['yes', 1]],
  ['echo', ['true', 1, []]],
  ['user', [5, {}]],
  ['suffix', [5, true]],
  ['logprobs', ['5', 1.5, {}]],
  ['best_of', ['2', 1.5]],
  ['seed', ['7', 1.5, {}]],
  ['logit_bias', [5, [], 'x']],
  ['presence_penalty', ['1', 3, true]],
  ['frequency_penalty', ['1', -3, true]]
]

t.test('F49: a field of the wrong type is refused by its name, as in chat, and nothing is called', async (t) => {
  const { standin, base } = await build(t)
  const ask = (fields: object) =>
    fetch(`${base}/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: NOVA, prompt: 'hello', ...fields })
    })
  for (const [field, values] of WRONG) {
    const [name = '', member] = field.split('.')
    for (const value of values) {
      const fields = { [name]: member === undefined ? value : { [member]: value } }
      for (const [sent, param] of [
        [fields, field],
        [{ [name]: null, extra_body: fields }, `extra_body.${field}`]
      ] as const) {
        const response = await ask(sent)
        const { error } = (await response.json()) as { error: { param: string; type: string } }
        t.strictSame([response.status, error.param, error.type], [400, param, 'invalid_request_error'], JSON.stringify(sent))
      }
    }
    const response = await ask(name === 'model' || name === 'prompt' ? {} : { [name]: null })
    await response.text()
    t.equal(response.status, 200, `${name}: null is absent`)
  }
  t.equal(standin.requests.filter(({ operation }) => operation === 'Converse').length, WRONG.length)
})

t.test('F49: fields and members that mean nothing are reported as their caller wrote them, whole and streamed', async (t) => {
  const { base } = await build(t)
  for (const stream of [false, true]) {
    const response = await fetch(`${base}/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: NOVA,
        prompt: 'hello',
        stream,
        foo: 1,
        nothing: null,
        user: 'somebody',
        presence_penalty: 0,
        stream_options: { include_usage: true, bar: 1, include_obfuscation: false },
        extra_body: { seed: 0, odd: true }
      })
    })
    await response.text()
    t.equal(response.status, 200)
    const names = response.headers.get('x-adit-dropped')?.split(', ') ?? []
    t.strictSame(names.toSorted(), ['extra_body.odd', 'extra_body.seed', 'foo', 'stream_options.bar'])
  }
})
