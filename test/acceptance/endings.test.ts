import { APIError } from 'openai'
import t from 'tap'
import { build, sseData } from '../helper.ts'
import { added, asker, NOVA, SONNET_46, say, tool } from './asker.ts'

const MALFORMED = ['malformed_model_output', 'malformed_tool_use'] as const
const ANSWERS = {
  'of words': [{ text: 'Half a' }],
  'of a call': [{ toolUse: { toolUseId: 'tooluse_a', name: 'f', input: { a: 1 } } }],
  'of nothing': []
}

for (const stopReason of MALFORMED)
  for (const [kind, content] of Object.entries(ANSWERS)) {
    t.test(`F1: ${stopReason} ${kind} is a 502, whole`, async (t) => {
      const { openai, standin } = await build(t)
      standin.answer(SONNET_46, { content, stopReason })
      const asked = openai.chat.completions.create({
        model: SONNET_46,
        messages: say('go') as never,
        tools: [tool('f')] as never
      })
      const error = await asked.then(
        () => undefined,
        (thrown: unknown) => thrown
      )
      t.ok(error instanceof APIError)
      t.match(error, { status: 502, type: 'server_error', code: 'upstream_error', error: { message: new RegExp(stopReason) } })
      t.equal(standin.requests.filter(({ operation }) => operation === 'Converse').length, 1, 'one call')
    })

    t.test(`F1: ${stopReason} ${kind} ends a stream with an error and without [DONE]`, async (t) => {
      const { openai, standin, stream } = await asker(t)
      standin.answer(SONNET_46, { content, stopReason })
      const { text } = await stream({ model: SONNET_46, tools: [tool('f')], stream_options: { include_usage: true } })
      const frames = sseData(text)
      t.match(JSON.parse(frames.at(-1) ?? ''), { error: { type: 'server_error', code: 'upstream_error' } })
      t.notMatch(text, /\[DONE\]|"finish_reason":"|"usage":\{/)
      if (kind === 'of words') t.match(text, /Half/, 'what came before is not lost')
      const events = await openai.chat.completions.create({ model: SONNET_46, messages: say('go') as never, stream: true })
      await t.rejects(
        async () => {
          for await (const _ of events);
        },
        { code: 'upstream_error' }
      )
    })
  }

t.test('F1: one malformed choice of several fails the request', async (t) => {
  const { ask, stream, standin } = await asker(t)
  const both = [{ content: [{ text: 'a' }] }, { content: [{ text: 'b' }], stopReason: 'malformed_model_output' }]
  standin.answer(NOVA, ...both)
  t.equal((await ask({ n: 2 })).status, 502)
  standin.answer(NOVA, ...both)
  const { text } = await stream({ n: 2 })
  t.match(JSON.parse(sseData(text).at(-1) ?? ''), { error: { code: 'upstream_error' } })
  t.notMatch(text, /\[DONE\]/)
})

t.test('F1: a malformed answer fails the older endpoint too', async (t) => {
  const { openai, standin, post } = await build(t)
  standin.answer(NOVA, { content: [{ text: 'Half a' }], stopReason: 'malformed_model_output' })
  await t.rejects(openai.completions.create({ model: NOVA, prompt: 'go' }), { status: 502, code: 'upstream_error' })
  const text = await (await post('/v1/completions', { model: NOVA, prompt: 'go', stream: true })).text()
  t.match(text, /Half/)
  t.match(JSON.parse(sseData(text).at(-1) ?? ''), { error: { code: 'upstream_error' } })
  t.notMatch(text, /\[DONE\]/)
})

t.test('F1: a pause is no end: length, whatever came', async (t) => {
  const { ask, stream, standin, openai } = await asker(t)
  for (const content of Object.values(ANSWERS)) {
    standin.answer(SONNET_46, { content, stopReason: 'pause_turn' })
    const asked = { model: SONNET_46, tools: [tool('f')] }
    t.equal((await ask(asked)).body.choices[0]?.finish_reason, 'length')
    t.equal(added((await stream(asked)).text).finish_reason, 'length')
  }
  standin.answer(NOVA, { content: [{ text: 'a' }], stopReason: 'pause_turn' })
  t.equal((await openai.completions.create({ model: NOVA, prompt: 'go' })).choices[0]?.finish_reason, 'length')
})

t.test('F1: a word that nobody knows is given as an end, and told', async (t) => {
  const { ask, stream, standin, post } = await asker(t)
  standin.answer(NOVA, { content: [{ text: 'a' }], stopReason: 'brand_new' })
  const { body, headers } = await ask({})
  t.equal(body.choices[0]?.finish_reason, 'stop')
  t.equal(headers.get('x-adit-dropped'), 'finish_reason')
  t.equal(added((await stream({})).text).finish_reason, 'stop')
  const older = await post('/v1/completions', { model: NOVA, prompt: 'go' })
  t.equal(older.headers.get('x-adit-dropped'), 'finish_reason')
})

const SILENT = [
  ['guardrail_intervened', 'content_filter'],
  ['content_filtered', 'content_filter'],
  ['refusal', 'content_filter'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['stop_sequence', 'stop']
] as const

for (const output of ['empty', 'absent'] as const)
  for (const [stopReason, word] of SILENT)
    t.test(`F7: ${stopReason} with its output ${output} is an empty answer of one call`, async (t) => {
      const { openai, standin } = await build(t)
      standin.answer(SONNET_46, { content: [], output, stopReason })
      const answer = await openai.chat.completions.create({ model: SONNET_46, messages: say('go') as never })
      t.match(answer.choices, [{ message: { content: '', refusal: null }, finish_reason: word }])
      const older = await openai.completions.create({ model: SONNET_46, prompt: 'go' })
      t.match(older.choices, [{ text: '', finish_reason: word }])
      t.equal(standin.requests.filter(({ operation }) => operation === 'Converse').length, 2)
      const stream = await openai.chat.completions.create({ model: SONNET_46, messages: say('go') as never, stream: true })
      const words = []
      for await (const { choices } of stream) words.push(choices[0]?.finish_reason)
      t.same(words.at(-1), word)
    })

t.test('F7: an empty output at the end of a turn is what its stream is, and malformed is an error of one call', async (t) => {
  const { ask, stream, standin } = await asker(t, { UPSTREAM_MAX_ATTEMPTS: '3' })
  standin.answer(NOVA, { content: [], output: 'empty', stopReason: 'end_turn' })
  t.match((await ask({})).body.choices, [{ message: { content: '' }, finish_reason: 'stop' }])
  t.equal(added((await stream({})).text).finish_reason, 'stop')
  standin.answer(NOVA, { content: [], output: 'empty', stopReason: 'malformed_model_output' })
  const before = standin.requests.length
  t.equal((await ask({})).status, 502)
  t.equal(standin.requests.length, before + 1)
})

t.test('F7: a turn that lost its output is asked for again', async (t) => {
  const { ask, standin } = await asker(t, { UPSTREAM_MAX_ATTEMPTS: '2' })
  standin.answer(NOVA, { content: [], output: 'absent', stopReason: 'end_turn' }, { content: [{ text: 'a' }] })
  t.match((await ask({})).body.choices, [{ message: { content: 'a' } }])
})
