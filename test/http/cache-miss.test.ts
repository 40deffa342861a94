import t from 'tap'
import { build } from '../support/helper.ts'

const HAIKU = 'anthropic.claude-haiku-4-5-20251001-v1:0'
const tool = (name: string, description = 'does it') => ({
  type: 'function',
  function: { name, description, parameters: { type: 'object', properties: { a: { type: 'string' } } } }
})
const say = (role: string, content: unknown) => ({ role, content })

const base = {
  model: HAIKU,
  tools: [tool('one'), tool('two')],
  messages: [say('system', 'rules'), say('user', 'first'), say('assistant', 'answer'), say('user', 'second')]
}
const more = [say('assistant', 'another'), say('user', 'third')]
const [system, first, answer, second] = base.messages as [object, object, object, object]

const CASES: readonly [string, object, string | null][] = [
  ['the conversation goes on', { messages: [...base.messages, ...more] }, null],
  ['the same again', {}, null],
  ['system', { messages: [say('system', 'rules at 10:31'), first, answer, second, ...more] }, 'system[0]'],
  ['a second system text', { messages: [system, say('system', 'more'), first, answer, second, ...more] }, 'system[1]'],
  ['a tool', { tools: [tool('one'), tool('two', 'changed')], messages: [...base.messages, ...more] }, 'tools[1]'],
  ['order of tools', { tools: [tool('two'), tool('one')] }, 'tools[0]'],
  ['a new tool', { tools: [...base.tools, tool('three')] }, 'tools[2]'],
  ['a tool that went', { tools: [tool('one')] }, 'tools[1]'],
  ['tool_choice', { tool_choice: 'required' }, 'tool_choice'],
  ['an earlier answer', { messages: [system, first, say('assistant', 'edited'), second, ...more] }, 'messages[1].content[0]'],
  ['the first message', { messages: [system, say('user', 'edited'), answer, second, ...more] }, 'messages[0].content[0]'],
  ['another model', { model: 'anthropic.claude-sonnet-4-5-20250929-v1:0' }, 'model'],
  ['another conversation', { messages: [system, say('user', 'hello')] }, null]
]

t.test('cache miss: the place where a prefix first differs, asked for by header, in the log as a path', async (t) => {
  const { post, app } = await build(t)
  const paths: (string | undefined)[] = []
  app.onOver((request) => paths.push(request.record.cacheMiss))
  let turn = 0
  for (const [name, change, expected] of CASES) {
    for (const stream of [false, true]) {
      turn++
      // A conversation of its own for each case: its words tell it from the others.
      const own = (body: object) =>
        JSON.stringify({ ...body, stream }).replaceAll(/"content":"(first|second|answer|edited)"/g, `"content":"$1 ${turn}"`)
      const ask = async (body: object) => {
        const response = await post('/v1/chat/completions', own(body), { 'x-adit-explain': 'cache' })
        await response.text()
        t.equal(response.status, 200, name)
        return response.headers.get('x-adit-cache-miss')
      }
      t.equal(await ask(base), null, `${name}: the first turn`)
      t.equal(await ask({ ...base, ...change }), expected, name)
      t.equal(paths.at(-1) ?? null, expected, `${name}: in the record`)
    }
  }
})

t.test('cache miss: keys know nothing of each other, and who does not ask is not told', async (t) => {
  const { post, base: url } = await build(t, { API_KEY: 'sk-test-0123456789' })
  const changed = { ...base, messages: [say('system', 'other'), first, answer, second, ...more] }
  for (const headers of [{}, { 'x-adit-explain': 'nothing' }] as Record<string, string>[]) {
    await (await post('/v1/chat/completions', base, headers)).text()
    const response = await post('/v1/chat/completions', changed, headers)
    t.equal(response.headers.get('x-adit-cache-miss'), null)
    t.equal(response.status, 200)
  }
  t.ok(url)
})
