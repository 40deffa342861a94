import { readFile } from 'node:fs/promises'
import t from 'tap'
import { build, KEY, lastCall } from '../support/helper.ts'

/*
 * Bodies as Codex 0.171.0 and Claude Code 2.1.332 sent them to this gateway, long texts cut: `npm run check:codex -- --keep FILE` and
 * `npm run check:claude-code -- --keep FILE` write them anew.
 */
interface Recorded {
  readonly what: string
  readonly path?: string
  readonly betas?: string
  readonly body: { readonly model: string; readonly [field: string]: unknown }
}

interface Sent {
  readonly system?: readonly { readonly text?: string }[]
  readonly messages: readonly { readonly role: string; readonly content: readonly Record<string, unknown>[] }[]
  readonly toolConfig?: { readonly tools: readonly { readonly toolSpec?: { readonly name: string } }[] }
  readonly tools?: readonly { readonly name: string; readonly defer_loading?: boolean }[]
  readonly thinking?: object
  readonly context_management?: object
}

async function recorded(name: string): Promise<readonly Recorded[]> {
  const text = await readFile(new URL(`recorded/${name}.jsonl`, import.meta.url), 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Recorded)
}

const { base, post, standin } = await build(t, { UPSTREAM_MAX_ATTEMPTS: '1', MAX_EVENT_LOOP_DELAY_MS: '0' })
const codex = await recorded('codex')
const code = await recorded('claude-code')

const toolsOf = ({ toolConfig, tools }: Sent): readonly string[] =>
  toolConfig === undefined
    ? (tools ?? []).flatMap(({ name, defer_loading }) => (defer_loading === true ? [] : [name]))
    : toolConfig.tools.flatMap(({ toolSpec }) => toolSpec?.name ?? [])

/** Names of the functions and custom tools that a body of Codex offers, as they go to Bedrock. */
function offered(tools: unknown, namespace = ''): readonly string[] {
  return (Array.isArray(tools) ? tools : []).flatMap(({ type, name, tools: members }) =>
    type === 'namespace' ? offered(members, `${name}__`) : ['function', 'custom'].includes(type) ? [`${namespace}${name}`] : []
  )
}

for (const { what, body } of codex)
  t.test(`G52: Codex, ${what}`, async (t) => {
    const response = await post('/v1/responses', body)
    const text = await response.text()
    t.equal(response.status, 200, text.slice(0, 500))
    t.match(text, /event: response\.completed\n/)
    const sent = lastCall(standin)?.body as Sent
    const input = body.input as {
      type: string
      name?: string
      role?: string
      content?: { text: string }[]
      tools?: unknown
      output?: unknown
    }[]
    const leading = input
      .slice(
        0,
        input.findIndex(({ role }) => role === 'user')
      )
      .flatMap(({ content = [] }) => content)
    t.same(
      sent.system?.flatMap(({ text }) => text ?? []),
      leading.map(({ text }) => text),
      'the developer’s items in order'
    )
    const tools = input[0]?.type === 'additional_tools' ? input[0].tools : body.tools
    const called = input.flatMap(({ type, name = '' }) => (type.endsWith('_call') ? [name] : []))
    const known = offered(tools)
    const more = called.filter((name) => !known.some((each) => each === name || each.endsWith(`__${name}`)))
    t.same(toolsOf(sent), [...known, ...new Set(more)], 'every tool but the web search, and those of the history')
    const calls = input.filter(({ type }) => type.endsWith('call_output')).length
    t.equal(sent.messages.flatMap(({ content }) => content).filter(({ toolResult }) => toolResult !== undefined).length, calls)
  })

for (const { what, path = '', betas = '', body } of code)
  t.test(`30: Claude Code, ${what}`, async (t) => {
    const headers = { 'anthropic-version': '2023-06-01', 'anthropic-beta': betas }
    const response = await post(path, body, headers)
    const text = await response.text()
    t.equal(response.status, 200, text.slice(0, 500))
    if (path.includes('count_tokens')) return void t.ok(JSON.parse(text).input_tokens > 0)
    t.match(text, /event: message_stop\n/)
    const sent = lastCall(standin)?.body as Sent
    const given = (body.tools as { name: string; defer_loading?: boolean }[]).filter(
      ({ defer_loading }) => defer_loading !== true
    )
    t.same(
      toolsOf(sent).filter((name) => name !== 'DeferredToolPlaceholder'),
      given.map(({ name }) => name)
    )
    t.notMatch(JSON.stringify(sent.system), 'x-anthropic-billing-header')
    if (/opus/.test(body.model)) {
      const roles = (body.messages as { role: string }[]).map(({ role }) => role)
      t.same(
        sent.messages.map(({ role }) => role),
        roles,
        'turns of the system stay in their places'
      )
      t.ok(sent.context_management)
    }
    if (body.model.includes('claude')) {
      const marks = (text: string) => text.split(/"cachePoint"|"cache_control"/).length
      t.equal(marks(JSON.stringify(sent)), marks(JSON.stringify(body)), 'every mark is kept')
    }
  })

t.test('Codex reads its own catalogue beside the list of models', async (t) => {
  const ask = async (query: string) => {
    const response = await fetch(`${base}/v1/models${query}`, { headers: { authorization: `Bearer ${KEY}` } })
    return (await response.json()) as { data: { id: string }[]; models?: Record<string, unknown>[] }
  }
  const { data, models = [] } = await ask('?client_version=0.171.0')
  const find = (slug: string) => models.find((model) => model.slug === slug)
  t.match(find('us.anthropic.claude-opus-4-8'), {
    shell_type: 'unified_exec',
    visibility: 'list',
    supported_in_api: true,
    apply_patch_tool_type: 'freeform',
    context_window: 1_000_000,
    default_reasoning_level: 'medium',
    input_modalities: ['text', 'image'],
    truncation_policy: { mode: 'tokens', limit: 10_000 },
    base_instructions: /\w/
  })
  t.match(find('us.anthropic.claude-opus-4-8')?.supported_reasoning_levels, [
    { effort: 'low' },
    { effort: 'medium' },
    { effort: 'high' },
    { effort: 'xhigh' },
    { effort: 'max' }
  ])
  t.match(find('amazon.nova-micro-v1:0'), { supported_reasoning_levels: [], input_modalities: ['text'], context_window: 128_000 })
  t.equal(find('amazon.titan-embed-text-v2:0'), undefined)
  t.ok(data.some(({ id }) => id === 'amazon.titan-embed-text-v2:0'))
  t.equal((await ask('')).models, undefined)
})
