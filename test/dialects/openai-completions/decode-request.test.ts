import t from 'tap'
import { decodeCompletionRequest } from '../../../src/dialects/openai-completions/decode-request.ts'

const decodeTokens = (tokens: readonly number[]) => tokens.map((token) => `<${token}>`).join('')
const decode = (body: Record<string, unknown>) => decodeCompletionRequest({ model: 'm', prompt: 'hi', ...body }, decodeTokens)

t.test('a prompt is one turn of the user, at most 16 tokens are written', async (t) => {
  const { requests, options } = decode({})
  t.strictSame(requests, [
    {
      model: 'm',
      system: [],
      turns: [{ role: 'user', content: [{ type: 'text', text: 'hi', path: 'prompt' }], path: 'prompt' }],
      maxTokens: 16,
      tools: [],
      output: { type: 'text' },
      stream: false
    }
  ])
  t.strictSame(options, { prompts: ['hi'], count: 1, echo: false, includeUsage: false })
})

const PROMPTS: readonly [name: string, prompt: unknown, texts: string[]][] = [
  ['texts', ['a', 'b'], ['a', 'b']],
  ['tokens', [1, 2], ['<1><2>']],
  ['lists of tokens', [[1], [2]], ['<1>', '<2>']]
]

for (const [name, prompt, texts] of PROMPTS)
  t.test(`prompt may be ${name}`, async (t) => {
    t.strictSame(decode({ prompt }).options.prompts, texts)
  })

t.test('fields are carried, null is absent, 0 is a value', async (t) => {
  const { requests } = decode({
    max_tokens: 5,
    temperature: 0,
    top_p: 0.5,
    stop: ['x', ''],
    stream: true,
    seed: 7,
    presence_penalty: 0
  })
  t.match(requests[0], { maxTokens: 5, temperature: 0, topP: 0.5, stop: ['x'], stream: true, sampling: { seed: 7 } })
  t.notOk('presencePenalty' in requests[0].sampling!)
  t.notOk('temperature' in decode({ temperature: null, n: null, stop: null }).requests[0])
})

const REFUSED: readonly [name: string, body: Record<string, unknown>, param: string][] = [
  ['no prompt', { prompt: null }, 'prompt'],
  ['a blank prompt', { prompt: ' ' }, 'prompt'],
  ['no prompts', { prompt: [] }, 'prompt'],
  ['a prompt that is no text', { prompt: ['a', {}] }, 'prompt[1]'],
  ['too many choices', { prompt: ['a', 'b', 'c', 'd', 'e'], n: 8 }, 'prompt'],
  ['logprobs', { logprobs: 1 }, 'logprobs'],
  ['a suffix', { suffix: 'end' }, 'suffix'],
  ['best_of above n', { best_of: 2 }, 'best_of'],
  ['n of 9', { n: 9 }, 'n'],
  ['max_tokens of 0', { max_tokens: 0 }, 'max_tokens'],
  ['a stop that is no text', { stop: [1] }, 'stop'],
  ['no model', { model: '' }, 'model']
]

for (const [name, body, param] of REFUSED)
  t.test(`refuses ${name} and names ${param}`, async (t) => {
    t.throws(() => decode(body), { name: 'GatewayError', status: 400, param })
  })
