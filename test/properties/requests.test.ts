import fc from 'fast-check'
import t from 'tap'
import { asker, CHAT, GPT_OSS, LLAMA, MISTRAL, NOVA, OPUS_47, OPUS_55, SONNET_45, SONNET_46 } from '../acceptance/asker.ts'
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
