import fc from 'fast-check'
import t from 'tap'
import { asker, CHAT, GPT_OSS, LLAMA, MISTRAL, NOVA, OPUS_47, OPUS_55, SONNET_45, SONNET_46 } from '../acceptance/asker.ts'
import { buildBefore } from '../support/helper.ts'
import { FIELDS_DRAWN, MESSAGES_DRAWN } from './chat-fields.ts'
import { within } from './within.ts'

const MODELS = [
  NOVA,
  'us.amazon.nova-2-lite-v1:0',
  SONNET_45,
  SONNET_46,
  OPUS_47,
  OPUS_55,
  GPT_OSS,
  'us.openai.gpt-6-sol',
  LLAMA,
  MISTRAL,
  'moonshotai.kimi-k2.5',
  'minimax.minimax-m2.5',
  'google.gemma-3-4b-it',
  'us.writer.palmyra-x5-v1:0',
  'deepseek.v3.2',
  'us.meta.llama4-scout-17b-instruct-v1:0',
  'us.deepseek.r1-v1:0',
  'qwen.qwen3-32b-v1:0'
]

const REQUEST = fc.record({
  fields: FIELDS_DRAWN,
  messages: MESSAGES_DRAWN,
  model: fc.constantFrom(...MODELS),
  stream: fc.constantFrom(true, false, undefined)
})

const { post, standin } = await asker(t, { FETCH_REMOTE_MEDIA: 'false' })

interface Body {
  error?: { message: string; param: string | null }
}

/** Everything that is wrong with how one request was met. */
async function faultsOf(request: object, choices: unknown): Promise<string[]> {
  const before = standin.requests.length
  const response = await post(CHAT, request)
  const text = await response.text()
  const calls = standin.requests.slice(before).filter(({ operation }) => operation.startsWith('Converse')).length
  const { status } = response
  if (status !== 200 && status !== 400) return [`status ${status}: ${text}`]
  if (status === 400) {
    const { error } = JSON.parse(text) as Body
    return [
      ...(calls === 0 ? [] : [`refused by Bedrock: ${error?.message}`]),
      ...(typeof error?.param === 'string' && error.param !== '' ? [] : [`no param: ${text}`])
    ]
  }
  const wanted = typeof choices === 'number' ? choices : 1
  const isStream = /event-stream/.test(response.headers.get('content-type') ?? '')
  return [
    ...(calls === wanted ? [] : [`${calls} calls for ${wanted} choices`]),
    ...(isStream && !text.endsWith('data: [DONE]\n\n') ? [`not complete: ${text.slice(-300)}`] : [])
  ]
}

t.test('any request is answered or refused by the name of a field, and what reaches Bedrock is taken at once', async () => {
  await fc.assert(
    fc.asyncProperty(
      REQUEST,
      within(6000, async ({ fields, messages, model, stream }) => {
        const faults = await faultsOf({ model, messages, stream, ...fields }, fields.n)
        if (faults.length > 0) throw new Error(faults.join('\n'))
      })
    ),
    { numRuns: 1200 }
  )
})

/** The same with the members of its objects in another order, where that order means nothing to the caller: not inside schemas and values of theirs. */
function reordered(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => reordered(item, name))
  if (typeof value !== 'object' || value === null || !OURS.has(name)) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([member, inner]) => [member, reordered(inner, member)])
  )
}
const OURS = new Set(['', 'messages', 'content', 'tools', 'tool_calls', 'function', 'image_url', 'file', 'cache_control'])

t.test(
  'law: the same bytes from a client are the same bytes for Bedrock, after a restart, after others, and in any order of members',
  async (t) => {
    const other = await buildBefore(t, standin, { FETCH_REMOTE_MEDIA: 'false' })
    const sentOf = async (send: (path: string, body: unknown) => Promise<Response>, request: object) => {
      const before = standin.requests.length
      const response = await send(CHAT, request)
      await response.text()
      // The lists of models and quotas are asked for whenever their time has come.
      const calls = standin.requests.slice(before).filter(({ operation }) => /^(?:Converse|InvokeModel|Create)/.test(operation))
      return { status: response.status, calls: calls.map(({ path, bodyText }) => `${path} ${bodyText}`).sort() }
    }
    const drawn = fc
      .sample(REQUEST, { numRuns: 120, seed: 18 })
      .map(({ fields, messages, model, stream }) => ({ model, messages, stream, ...fields }))
    const first = []
    for (const request of drawn) first.push(await sentOf(post, request))
    const met = first.filter(({ status }) => status === 200).length
    t.ok(met > 20, `${met} of ${drawn.length} reach Bedrock`)
    for (const [index, request] of [...drawn.entries()].toReversed()) {
      t.same(await sentOf(other.post, request), first[index], 'another gateway, which has met others before')
      if (first[index]?.status === 200)
        t.same(await sentOf(other.post, reordered(request) as object), first[index], 'members in another order')
    }
  }
)
