import type { ResponseInputItem, Tool } from 'openai/resources/responses/responses'
import t from 'tap'
import { ITEMS } from '../../../src/dialects/openai-responses/decode-input.ts'
import { TOOLS } from '../../../src/dialects/openai-responses/decode-tools.ts'
import { SONNET_45 as CLAUDE, fn, responder, user } from './responder.ts'

/** A type that the SDK learns breaks the build here, until somebody decides what becomes of it. */
const KNOWN_ITEMS: Readonly<Record<NonNullable<ResponseInputItem['type']>, object>> = ITEMS
const KNOWN_TOOLS: Readonly<Record<Exclude<Tool['type'], undefined>, object>> = TOOLS

/** The least that an item which is read must hold, by its type; the others need nothing. */
const LEAST: Readonly<Record<string, object>> = {
  message: { role: 'user', content: 'x' },
  function_call: { call_id: 'c', name: 'f', arguments: '{}' },
  function_call_output: { call_id: 'c', output: 'x' },
  custom_tool_call: { call_id: 'c', name: 'f', input: 'x' },
  custom_tool_call_output: { call_id: 'c', output: 'x' },
  item_reference: { id: 'msg_1' },
  compaction: { encrypted_content: 'foreign' },
  tool_search_call: { call_id: 'c', arguments: {} },
  tool_search_output: { call_id: 'c', tools: [] },
  local_shell_call: { call_id: 'c', action: { type: 'exec', command: ['ls'], env: {} } },
  local_shell_call_output: { id: 'c', output: 'x' },
  shell_call: { call_id: 'c', action: { commands: ['ls'] } },
  shell_call_output: { call_id: 'c', output: [{ stdout: 'x', stderr: '', outcome: { type: 'exit', exit_code: 0 } }] },
  apply_patch_call: { call_id: 'c', operation: { type: 'delete_file', path: 'a' } },
  apply_patch_call_output: { call_id: 'c', status: 'failed', output: 'x' }
}

const REFUSED: Readonly<Record<string, number>> = { item_reference: 404, compaction: 400 }

t.test('every item is carried, reported or refused', async (t) => {
  const { ask } = await responder(t)
  for (const type of Object.keys(KNOWN_ITEMS)) {
    const input = [user('hello'), { type, ...LEAST[type] }]
    const { status, headers } = await ask({ model: CLAUDE, input, tools: [fn('f')] })
    t.equal(status, REFUSED[type] ?? 200, type)
    const isRead = LEAST[type] !== undefined || ['additional_tools', 'compaction_trigger', 'reasoning'].includes(type)
    if (!isRead) t.match(headers.get('x-adit-dropped') ?? '', `input.${type}`, type)
  }
})

t.test('every tool is sent or reported', async (t) => {
  const { ask } = await responder(t)
  for (const type of Object.keys(KNOWN_TOOLS)) {
    const { status, sent, headers } = await ask({
      model: CLAUDE,
      tools: [{ type, name: 'g', execution: 'client', tools: [fn('g')] }]
    })
    t.equal(status, 200, type)
    t.equal(sent?.toolConfig === undefined, /tools\./.test(headers.get('x-adit-dropped') ?? ''), type)
  }
})

t.test('calls of shells and patches come back as their kind, and go back', async (t) => {
  const { ask, standin } = await responder(t)
  const cases = [
    ['shell', { commands: ['ls'] }, { type: 'shell_call', action: { commands: ['ls'], timeout_ms: null }, environment: null }],
    ['local_shell', { command: ['ls'] }, { type: 'local_shell_call', action: { type: 'exec', command: ['ls'] } }],
    [
      'apply_patch',
      { type: 'delete_file', path: 'a' },
      { type: 'apply_patch_call', operation: { type: 'delete_file', path: 'a' } }
    ]
  ] as const
  for (const [type, given, expected] of cases) {
    const toolUse = { toolUseId: 'tooluse_1', name: type, input: given }
    standin.answer(CLAUDE, { content: [{ toolUse }], stopReason: 'tool_use' })
    const { body } = await ask({ model: CLAUDE, tools: [{ type }] })
    t.match(body.output, [{ ...expected, call_id: 'tooluse_1', status: 'completed' }])
    const output = { type: `${expected.type}_output`, call_id: 'tooluse_1', output: 'done' }
    const back = await ask({ model: CLAUDE, tools: [{ type }], input: [user('go'), body.output[0], output] })
    t.match(back.sent?.messages[1]?.content[0], { toolUse: { name: type, input: given } })
    t.match(back.sent?.messages[2]?.content[0], { toolResult: { content: [{ text: 'done' }] } })
  }
})

t.test('calls with one id are all whole, and answered in order', async (t) => {
  const { ask } = await responder(t)
  const call = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }
  const input = [
    user('go'),
    call,
    call,
    { type: 'function_call_output', call_id: 'c', output: 'one' },
    { type: 'function_call_output', call_id: 'c', output: 'two' }
  ]
  const { status, sent } = await ask({ model: CLAUDE, tools: [fn('f')], input })
  t.equal(status, 200)
  const ids = sent?.messages[1]?.content.map(({ toolUse }) => (toolUse as { toolUseId: string }).toolUseId)
  const results = sent?.messages[2]?.content.map(({ toolResult }) => toolResult as { toolUseId: string; content: object[] })
  t.same(
    results?.map(({ toolUseId }) => toolUseId),
    ids
  )
  t.match(results, [{ content: [{ text: 'one' }] }, { content: [{ text: 'two' }] }])
})
