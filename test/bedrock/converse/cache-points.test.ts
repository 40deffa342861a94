import t from 'tap'
import type { ChatRequest } from '../../../src/core/request.ts'
import type { Block, CacheMark, TextBlock } from '../../../src/core/turn.ts'
import { assistant, call, dropped, encode, GPT_OSS, HAIKU_3, NOVA, result, SONNET_45, SONNET_46, tool, user } from './encode.ts'

const HOUR: CacheMark = { ttl: '1h' }
const marked = (words: string, cache: CacheMark = {}): TextBlock => ({ type: 'text', text: words, cache })

/** The request as a line: `|` between places, `^` for a point, `^1h` with its TTL. */
function points(model: string, request: Partial<ChatRequest>, options: Parameters<typeof encode>[2] = {}): string {
  const { toolConfig, system, messages } = encode(model, request, options).body as unknown as Record<string, never>
  const tools = (toolConfig as { tools?: object[] } | undefined)?.tools ?? []
  const content = (messages as unknown as { content: object[] }[]).flatMap((message) => message.content)
  return [tools, (system as object[] | undefined) ?? [], content].map((items) => items.map(sign).join('')).join('|')
}

function sign(item: object): string {
  const { cachePoint } = item as { cachePoint?: { ttl?: string } }
  if (cachePoint !== undefined) return `^${cachePoint.ttl ?? ''}`
  return Object.keys(item)[0]?.slice(0, 1) ?? ''
}

const AUTO = { defaults: { autoCache: true } }

const ROWS: readonly [
  promise: string,
  model: string,
  request: Partial<ChatRequest>,
  line: string,
  drops: readonly string[],
  options?: Parameters<typeof encode>[2]
][] = [
  ['a mark becomes a point behind its block', SONNET_46, { turns: [user(marked('a'), 'b')] }, '||t^t', []],
  [
    'marks on tools, system and messages all count',
    SONNET_46,
    { tools: [tool('a', { cache: {} })], system: [marked('s')], turns: [user(marked('a'))] },
    't^|t^|t^',
    []
  ],
  [
    'of more than four the last four stay',
    SONNET_46,
    { tools: [tool('a', { cache: {} })], system: [marked('s')], turns: [user(marked('a'), marked('b'), marked('c'))] },
    't|t^|t^t^t^',
    ['cache_control']
  ],
  ['P9 Claude 3 Haiku gets none', HAIKU_3, { turns: [user(marked('a'))] }, '||t', ['cache_control']],
  ['gpt-oss gets none', GPT_OSS, { system: [marked('s')], turns: [user(marked('a'))] }, '|t|t', ['cache_control']],
  [
    'Nova gets none among its tools',
    NOVA,
    { tools: [tool('a', { cache: {} })], system: [marked('s')], turns: [user('a')] },
    't|t^|t',
    ['cache_control']
  ],
  ['one hour goes to models that know it', SONNET_45, { turns: [user(marked('a', HOUR))] }, '||t^1h', []],
  ['one hour elsewhere is five minutes, reported', NOVA, { turns: [user(marked('a', HOUR))] }, '||t^', ['cache_control.ttl']],
  ['five minutes are named where TTLs are known', SONNET_45, { turns: [user(marked('a', { ttl: '5m' }))] }, '||t^5m', []],
  [
    'one hour behind five minutes is five minutes',
    SONNET_45,
    { system: [marked('s')], turns: [user(marked('a', HOUR))] },
    '|t^|t^',
    ['cache_control.ttl']
  ],
  ['one hour before five minutes stays', SONNET_45, { system: [marked('s', HOUR)], turns: [user(marked('a'))] }, '|t^1h|t^', []],
  [
    'a mark inside a result moves behind it',
    SONNET_46,
    {
      tools: [tool()],
      turns: [user('q'), assistant(call('a')), user({ type: 'tool-result', callId: 'a', content: [marked('r', HOUR)] })]
    },
    't||ttt^1h',
    []
  ],
  [
    'a mark on a result stands behind it',
    SONNET_46,
    { tools: [tool()], turns: [user('q'), assistant(call('a')), user({ ...result('a'), cache: {} } as Block)] },
    't||ttt^',
    []
  ],
  [
    'a mark on a document stands behind the document, not its placeholder',
    SONNET_46,
    { turns: [user({ type: 'document', format: 'pdf', cache: {}, source: { type: 'base64', data: 'JVBERi0=' } })] },
    '||td^',
    []
  ],
  [
    'P8 caching by itself marks tools, system and the last user turn',
    SONNET_46,
    { tools: [tool()], system: [{ type: 'text', text: 's' }], turns: [user('a'), assistant('b'), user('c')] },
    't^|t^|ttt^',
    [],
    AUTO
  ],
  ['caching by itself says nothing where there is none', GPT_OSS, { system: [{ type: 'text', text: 's' }] }, '|t|t', [], AUTO],
  ['caching by itself does not double a mark', SONNET_46, { turns: [user(marked('a'))] }, '||t^', [], AUTO],
  [
    'caching by itself goes by the request first',
    SONNET_46,
    { system: [{ type: 'text', text: 's' }], autoCache: { system: true, tools: true, messages: false, mark: HOUR } },
    '|t^1h|t',
    []
  ],
  [
    'a point that was refused before is not sent again',
    SONNET_46,
    { turns: [user(marked('a'))] },
    '||t',
    ['cache_control'],
    { omissions: new Set(['cachePoint.behind text']) }
  ],
  [
    'a TTL that was refused before is not sent again',
    SONNET_46,
    { turns: [user(marked('a', HOUR))] },
    '||t^',
    ['cache_control.ttl'],
    { omissions: new Set(['cacheTtl']) }
  ]
]
for (const [promise, model, request, line, drops, options] of ROWS) {
  t.test(promise, async (t) => {
    t.equal(points(model, request, options), line)
    t.strictSame(dropped(encode(model, request, options)), drops)
  })
}
