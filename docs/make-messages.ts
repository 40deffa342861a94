import { writeFile } from 'node:fs/promises'
import { anthropicCodec } from '../src/bedrock/anthropic/anthropic-codec.ts'
import { converseCodec } from '../src/bedrock/converse/converse-codec.ts'
import { NO_OMISSIONS } from '../src/bedrock/prepare/encode-scope.ts'
import { createCollector } from '../src/core/collect.ts'
import { isJsonObject, type Json, type JsonObject } from '../src/core/json.ts'
import type { BLOCKS } from '../src/dialects/anthropic-messages/decode-blocks.ts'
import { decodeMessagesRequest } from '../src/dialects/anthropic-messages/decode-request.ts'
import { encodeMessage } from '../src/dialects/anthropic-messages/encode-message.ts'
import type { FieldName } from '../src/dialects/anthropic-messages/fields.ts'
import { GatewayError } from '../src/errors.ts'
import { traitsFor } from '../src/models/traits.ts'

/*
 * The page is made by asking: every field and block stands in a request of its own, which is read and said in Bedrock's words as the gateway
 * does it, and what differs from the request without it is told.
 */
export const MESSAGES_PAGE = new URL('./messages.md', import.meta.url)

const WAYS = [
  { title: 'Claude Sonnet 4.5, Converse', id: 'anthropic.claude-sonnet-4-5-20250929-v1:0', codec: converseCodec },
  { title: 'Claude Sonnet 4.5, its own body', id: 'anthropic.claude-sonnet-4-5-20250929-v1:0', codec: anthropicCodec },
  { title: 'Claude Opus 4.8, its own body', id: 'anthropic.claude-opus-4-8', codec: anthropicCodec },
  { title: 'Nova 2 Lite', id: 'amazon.nova-2-lite-v1:0', codec: converseCodec }
] as const

type Way = (typeof WAYS)[number]

const TOOL = { name: 'f', description: 'd', input_schema: { type: 'object', properties: { a: { type: 'string' } } } }
const BASE: JsonObject = { model: 'm', max_tokens: 4000, messages: [{ role: 'user', content: 'a' }] }
const SCHEMA = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }

/** A request with each field. A new one breaks the build here. */
const FIELD_SAMPLES: Readonly<Record<FieldName, JsonObject>> = {
  model: { model: 'claude-sonnet-4-5' },
  max_tokens: { max_tokens: 3000 },
  messages: { messages: [{ role: 'user', content: 'b' }] },
  system: { system: 'b' },
  stop_sequences: { stop_sequences: ['END'] },
  stream: { stream: true },
  temperature: { temperature: 0.5 },
  top_p: { top_p: 0.5 },
  top_k: { top_k: 5 },
  tools: { tools: [TOOL] },
  tool_choice: { tools: [TOOL], tool_choice: { type: 'any', disable_parallel_tool_use: true } },
  thinking: { thinking: { type: 'adaptive' } },
  output_config: { output_config: { effort: 'high', format: { type: 'json_schema', schema: SCHEMA } } },
  output_format: { output_format: { type: 'json_schema', schema: SCHEMA } },
  cache_control: { cache_control: { type: 'ephemeral' } },
  metadata: { metadata: { user_id: 'u' } },
  service_tier: { service_tier: 'priority' },
  betas: { betas: ['context-1m-2025-08-07'] },
  anthropic_beta: { anthropic_beta: ['context-1m-2025-08-07'] },
  anthropic_version: { anthropic_version: 'bedrock-2023-05-31' },
  context_management: { context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] } },
  inference_geo: { inference_geo: 'us' },
  speed: { speed: 'fast' },
  diagnostics: { diagnostics: { a: 1 } },
  user_profile_id: { user_profile_id: 'u' },
  billing_policy: { billing_policy: { a: 1 } },
  fallback_credit_token: { fallback_credit_token: 'u' },
  container: { container: 'c' },
  mcp_servers: { mcp_servers: [{ type: 'url', url: 'https://example.com', name: 'm' }] },
  thread: { thread: { id: 't' } },
  compaction: { compaction: { a: 1 } },
  fallbacks: { fallbacks: [{ model: 'm' }] }
}

/** What no request can show by its body. */
const OF_ITSELF: Partial<Record<FieldName, string>> = {
  model: 'in the path',
  stream: 'chooses the operation'
}

interface Sample {
  readonly with: JsonObject
  readonly without: JsonObject
}

/** A tool with a member beside the same tool without it. */
function tool(members: JsonObject, base: JsonObject = TOOL): Sample {
  return { with: { tools: [{ ...base, ...members }] }, without: { tools: [base] } }
}

const beside = (more: JsonObject): Sample => ({ with: { tools: [TOOL, more] }, without: { tools: [TOOL] } })
const turns = (role: string): Sample => ({
  with: {
    messages: [
      { role: 'user', content: 'a' },
      { role, content: 'b' }
    ]
  },
  without: {}
})
const WEB_SEARCH = { type: 'web_search_20250305', name: 'web_search' }

/** Members of tools and turns that are worth a line of their own. */
const MEMBER_SAMPLES: Readonly<Record<string, Sample>> = {
  '`cache_control` of a tool': tool({ cache_control: { type: 'ephemeral', ttl: '1h' } }),
  '`strict`': tool({ strict: true }, { ...TOOL, input_schema: SCHEMA }),
  '`input_examples`': tool({ input_examples: [{ a: 'b' }] }),
  '`eager_input_streaming`': tool({ eager_input_streaming: true }),
  '`allowed_callers`': tool({ allowed_callers: ['direct'] }),
  'another tool with `defer_loading`': beside({ ...TOOL, name: 'g', defer_loading: true }),
  'another tool by type, `bash_20250124`': beside({ type: 'bash_20250124', name: 'bash' }),
  'another tool that Anthropic runs, `web_search_20250305`': beside(WEB_SEARCH),
  'that tool alone': { with: { tools: [WEB_SEARCH] }, without: {} },
  'a turn of the system in mid-conversation': turns('system'),
  'a last turn of the assistant': turns('assistant'),
  'a mark inside a tool result': {
    with: calledWith([{ type: 'text', text: 'r', cache_control: { type: 'ephemeral' } }]),
    without: calledWith([{ type: 'text', text: 'r' }])
  }
}

function calledWith(content: Json): JsonObject {
  return {
    tools: [TOOL],
    messages: [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'f', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content }] }
    ]
  }
}

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='
const FOUND = [{ type: 'text', text: 'found' }]

/** Each block of a conversation; those of the assistant are marked. A new one breaks the build here. */
const BLOCK_SAMPLES: Readonly<Record<keyof typeof BLOCKS, readonly [role: 'user' | 'assistant', block: JsonObject]>> = {
  text: ['user', { text: 'b' }],
  image: ['user', { source: { type: 'base64', media_type: 'image/png', data: PNG } }],
  document: ['user', { title: 'D', source: { type: 'text', media_type: 'text/plain', data: 'words' } }],
  search_result: ['user', { title: 'T', source: 'https://example.com', content: FOUND, citations: { enabled: true } }],
  thinking: ['assistant', { thinking: 't', signature: 'c2lnbmF0dXJl' }],
  redacted_thinking: ['assistant', { data: 'ZGF0YQ==' }],
  tool_use: ['assistant', { id: 't', name: 'f', input: {} }],
  tool_result: ['user', { tool_use_id: 't', content: 'r' }],
  server_tool_use: ['assistant', { id: 's', name: 'web_search', input: {} }],
  web_search_tool_result: [
    'assistant',
    { tool_use_id: 's', content: [{ type: 'web_search_result', title: 'T', url: 'https://a' }] }
  ],
  web_fetch_tool_result: [
    'assistant',
    { tool_use_id: 's', content: { type: 'web_fetch_result', url: 'https://a', content: FOUND } }
  ],
  code_execution_tool_result: ['assistant', { tool_use_id: 's', content: { type: 'code_execution_result', stdout: 'o' } }],
  bash_code_execution_tool_result: ['assistant', { tool_use_id: 's', content: { stdout: 'o' } }],
  text_editor_code_execution_tool_result: ['assistant', { tool_use_id: 's', content: { content: 'o' } }],
  tool_search_tool_result: ['assistant', { tool_use_id: 's', content: { tool_references: [] } }],
  advisor_tool_result: ['assistant', { tool_use_id: 's', content: {} }],
  mcp_tool_use: ['assistant', { id: 's', name: 'm', server_name: 'x', input: {} }],
  mcp_tool_result: ['assistant', { tool_use_id: 's', content: FOUND }],
  container_upload: ['user', { file_id: 'f' }],
  compaction: ['assistant', { content: 'summary' }],
  fallback: ['assistant', {}],
  tool_addition: ['user', { tool: TOOL }],
  tool_removal: ['user', { tool_name: 'f' }],
  mid_conv_system: ['user', { content: FOUND }]
}

function blockSample(type: string, [role, block]: readonly [string, JsonObject]): Sample {
  if (type === 'tool_use' || type === 'tool_result') return { with: calledWith('r'), without: { tools: [TOOL] } }
  const inTurns = (content: readonly JsonObject[]) =>
    role === 'user'
      ? [{ role, content }]
      : [
          { role: 'user', content: 'a' },
          { role, content },
          { role: 'user', content: 'c' }
        ]
  const words = { type: 'text', text: 'w' }
  return { with: { messages: inTurns([{ ...block, type }, words]) }, without: { messages: inTurns([words]) } }
}

interface Said {
  readonly body: JsonObject
  readonly lost: number
}

/** What reaches Bedrock; undefined: a 400. */
function say({ id, codec }: Way, fields: JsonObject): Said | undefined {
  try {
    const { request, warnings } = decodeMessagesRequest({ ...BASE, ...fields })
    const input = { request, target: { id, baseId: id }, traits: traitsFor(id), stream: request.stream, omissions: NO_OMISSIONS }
    const encoded = codec.encode({ ...input, defaults: { autoCache: false } })
    const headers = Object.fromEntries(Object.entries(encoded.headers ?? {}).map(([name, value]) => [`header ${name}`, value]))
    return { body: { ...encoded.body, ...headers }, lost: warnings.length + encoded.warnings.length }
  } catch (error) {
    if (error instanceof GatewayError) return undefined
    throw error
  }
}

/** The places of a body, three members deep; lists are one place. */
function places(value: Json, path: readonly string[] = []): ReadonlyMap<string, string> {
  if (!isJsonObject(value) || path.length === 3) return new Map([[path.join('.'), JSON.stringify(value)]])
  return new Map(Object.entries(value).flatMap(([name, member]) => [...places(member, [...path, name])]))
}

function changed(before: JsonObject, after: JsonObject): readonly string[] {
  const known = places(before)
  return [...places(after)].filter(([path, value]) => known.get(path) !== value).map(([path]) => path)
}

function cellOf(way: Way, fields: JsonObject, without: JsonObject = {}): string {
  const said = say(way, fields)
  const plain = say(way, without)
  if (plain === undefined) throw new Error('the request without it is refused')
  if (said === undefined) return '400'
  const paths = changed(plain.body, said.body).map((path) => `\`${path}\``)
  const isLost = said.lost > plain.lost
  if (paths.length === 0) return isLost ? 'reported' : 'nothing'
  return `${paths.join(', ')}${isLost ? '; the rest is reported' : ''}`
}

/** The kinds of blocks that a body has, by what tells them apart on its wire. */
function kindsOf({ messages, ...rest }: JsonObject): readonly string[] {
  const isNative = rest.anthropic_version !== undefined
  const items = Array.isArray(messages) ? messages.flatMap((message: Json) => (isJsonObject(message) ? message.content : [])) : []
  return items.flatMap((item) => {
    if (!isJsonObject(item)) return []
    return isNative ? [String(item.type)] : Object.keys(item).slice(0, 1)
  })
}

function blockCell(way: Way, type: string, sample: readonly [string, JsonObject]): string {
  const { with: fields, without } = blockSample(type, sample)
  const said = say(way, fields)
  const plain = say(way, without)
  if (said === undefined || plain === undefined) return '400'
  const left = [...kindsOf(plain.body)]
  const kinds = kindsOf(said.body).filter((kind) => {
    const at = left.indexOf(kind)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
  const shown = type === 'tool_use' ? kinds.slice(0, 1) : type === 'tool_result' ? kinds.slice(-1) : kinds
  const isLost = said.lost > plain.lost
  if (shown.length === 0) return isLost ? 'left out, reported' : 'left out'
  return `${shown.map((kind) => `\`${kind}\``).join(', ')}${isLost ? ', reported' : ''}`
}

/** Bedrock's words for the end of an answer; each way says some of them. */
const ENDS = [
  'end_turn',
  'tool_use',
  'max_tokens',
  'stop_sequence',
  'refusal',
  'pause_turn',
  'model_context_window_exceeded',
  'guardrail_intervened',
  'content_filtered',
  'malformed_model_output',
  'a word nobody knows'
]

function endCell({ id, codec }: Way, end: string): string {
  const { request } = decodeMessagesRequest({ ...BASE, tools: [TOOL] })
  const input = { request, target: { id, baseId: id }, traits: traitsFor(id), stream: false, omissions: NO_OMISSIONS }
  const calls = end === 'tool_use'
  const whole =
    codec === anthropicCodec
      ? {
          type: 'message',
          content: [calls ? { type: 'tool_use', id: 't', name: 'f', input: {} } : { type: 'text', text: 'a' }],
          stop_reason: end,
          usage: { input_tokens: 1, output_tokens: 1 }
        }
      : {
          output: {
            message: {
              role: 'assistant',
              content: [calls ? { toolUse: { toolUseId: 't', name: 'f', input: {} } } : { text: 'a' }]
            }
          },
          stopReason: end,
          usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 }
        }
  try {
    const collector = createCollector()
    const encoded = codec.encode({ ...input, defaults: { autoCache: false } })
    for (const event of codec.decodeWhole(JSON.stringify(whole), encoded as never)) collector.add(event)
    return `\`${encodeMessage(collector.result(), { id: 'msg_1', created: 0, model: id }).stop_reason}\``
  } catch (error) {
    if (error instanceof GatewayError) return 'an error'
    throw error
  }
}

function table(first: string, lines: readonly (readonly string[])[]): string {
  const head = [first, ...WAYS.map(({ title }) => title)]
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** The page. */
export function messagesPage(): string {
  const fields = Object.entries(FIELD_SAMPLES).map(([name, sample]) => {
    const ofItself = OF_ITSELF[name as FieldName]
    const without = name === 'tool_choice' ? { tools: [TOOL] } : {}
    return [`\`${name}\``, ...WAYS.map((way) => ofItself ?? cellOf(way, sample, without))]
  })
  const members = Object.entries(MEMBER_SAMPLES).map(([name, sample]) => [
    name,
    ...WAYS.map((way) => cellOf(way, sample.with, sample.without))
  ])
  const blocks = Object.entries(BLOCK_SAMPLES).map(([type, sample]) => [
    `\`${type}\``,
    ...WAYS.map((way) => blockCell(way, type, sample))
  ])
  const ends = ENDS.map((end) => [end.includes(' ') ? end : `\`${end}\``, ...WAYS.map((way) => endCell(way, end))])
  return `# What becomes of a Messages request

Made by \`npm run docs\` from the code itself: each line is a request with that one thing in it, and tells where it is in what Bedrock gets,
beside the same request without. \`reported\` is named in \`x-adit-dropped\`; \`nothing\`: Bedrock gets the same as without. Which way a
request goes by is in [decision 0001](decisions/0001-claude-over-converse-or-invoke.md); what other models take, in
[compatibility.md](compatibility.md).

## Fields

${table('field', fields)}

## Members

${table('what', members)}

## Blocks

${table('block', blocks)}

## Ends of an answer

By Bedrock's word for it; what the caller gets is the \`stop_reason\`.

${table('Bedrock', ends)}
`
}

if (import.meta.main) await writeFile(MESSAGES_PAGE, messagesPage())
