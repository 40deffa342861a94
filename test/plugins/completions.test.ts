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
