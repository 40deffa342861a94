import t from 'tap'
import { added, asker, call, say, tool } from './asker.ts'

const { ask, stream } = await asker(t)
const R1 = 'us.deepseek.r1-v1:0'
const history = [
  ...say('How warm is it in Rome?'),
  { role: 'assistant', content: null, tool_calls: [call('call_1', 'weather', '{"city":"Rome"}')] },
  { role: 'tool', tool_call_id: 'call_1', content: '31 degrees' }
]

t.test('F27: R1 answers without tools, whole and streamed, and the caller is told', async (t) => {
  const body = { model: R1, tools: [tool('weather')] }
  for (const { status, headers, sent } of [await ask(body), await stream(body)]) {
    t.equal(status, 200)
    t.match(headers.get('x-adit-dropped'), /\btools\b/)
    t.equal(sent?.toolConfig, undefined)
  }
  const { text } = await stream(body)
  t.equal(added(text).finish_reason, 'stop')
})

t.test('F27: calls and results in the history of R1 are told as text', async (t) => {
  const { status, sent } = await ask({ model: R1, tools: [tool('weather')], messages: history })
  t.equal(status, 200)
  const said = JSON.stringify(sent?.messages)
  t.match(said, 'weather')
  t.match(said, 'Rome')
  t.match(said, '31 degrees')
  t.notMatch(said, 'toolUse"')
  t.notMatch(said, 'toolResult')
})

t.test('F32: DeepSeek V3.1 and V3.2 must call the one tool that is left to them', async (t) => {
  for (const model of ['deepseek.v3-v1:0', 'deepseek.v3.2']) {
    const tool_choice = { type: 'function', function: { name: 'b' } }
    const { status, sent } = await ask({ model, tools: [tool('a'), tool('b')], tool_choice })
    t.equal(status, 200, model)
    t.same(sent?.toolConfig?.toolChoice, { any: {} })
    t.same(
      sent?.toolConfig?.tools.map((entry) => entry.toolSpec?.name),
      ['b']
    )
  }
})

t.test('F33: GPT-5.6 reasons as hard as it is asked to', async (t) => {
  const { status, sent, headers } = await ask({ model: 'us.openai.gpt-5.6-sol', reasoning_effort: 'max' })
  t.equal(status, 200)
  t.same(sent?.additionalModelRequestFields?.reasoning, { effort: 'max' })
  t.equal(headers.get('x-adit-dropped'), null)
})
