import t from 'tap'
import { build } from '../../support/helper.ts'
import { readAsAider } from './aider.ts'
import { readAsAutoGen } from './autogen.ts'
import { readAsNextChat } from './nextchat.ts'
import { readAsOpenAiPython } from './openai-python.ts'
import { type Chunk, readFrames } from './read-sse.ts'

/** What openai-python raises at a frame with a truthy `error`; its message is shown only where the error is an object. */
class APIError extends Error {}

/** The frames before openai-python's own stream stops or raises; AutoGen and Aider read through it. */
function throughOpenAiPython<T>(stream: string, read: (frames: string) => T): T {
  const frames = dataFrames(stream)
  const end = frames.findIndex((frame) => frame === 'data: [DONE]' || errorOf(frame) !== undefined)
  const answer = read(joined(end < 0 ? frames : frames.slice(0, end)))
  const error = errorOf(frames[end] ?? '')
  if (error === undefined) return answer
  throw new APIError(typeof error === 'object' ? String((error as { message?: string }).message) : 'An error occurred')
}

/** NextChat logs a frame it cannot read and goes on, so the only marks of a whole answer are `[DONE]` and a finish reason. */
function throughNextChat(stream: string) {
  const frames = dataFrames(stream)
  const chunks = frames.filter((frame) => frame !== 'data: [DONE]' && errorOf(frame) === undefined)
  const isFinished = ({ choices }: Chunk) => choices.some((choice) => choice.finish_reason !== null)
  const whole = frames.includes('data: [DONE]') || readFrames(joined(chunks)).some(isFinished)
  return { ...readAsNextChat(joined(chunks)), whole }
}

function dataFrames(stream: string): string[] {
  return stream.split('\n\n').filter((frame) => frame.startsWith('data: '))
}

function joined(frames: readonly string[]): string {
  return frames.map((frame) => `${frame}\n\n`).join('')
}

function errorOf(frame: string): unknown {
  const data = frame.slice('data: '.length)
  return data.startsWith('{') ? (JSON.parse(data) as { error?: unknown }).error : undefined
}

const FAULTS = [
  'mid-stream-throttling',
  'mid-stream-internal',
  'mid-stream-error-message',
  'eof-no-stop',
  'eof-mid-frame',
  'bad-message-crc',
  'reset-mid-stream'
]
const RAISING = { AutoGen: readAsAutoGen, Aider: readAsAider, 'openai-python': readAsOpenAiPython }

t.test('an answer that breaks off is a failure to every reader, and never looks whole', async (t) => {
  const { post } = await build(t)
  const ask = (model: string) =>
    post('/v1/chat/completions', {
      model,
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: 'user', content: 'go' }]
    })

  const good = await (await ask('amazon.nova-lite-v1:0')).text()
  t.equal(throughNextChat(good).whole, true, 'a whole answer is one')
  for (const [name, read] of Object.entries(RAISING)) t.doesNotThrow(() => throughOpenAiPython<object>(good, read), name)

  for (const fault of FAULTS) {
    const response = await ask(`standin.fault-${fault}`)
    t.equal(response.status, 200, fault)
    const stream = await response.text()
    for (const [name, read] of Object.entries(RAISING)) {
      t.throws(
        () => throughOpenAiPython<object>(stream, read),
        { constructor: APIError, message: /\w+ \w+/ },
        `${fault}: ${name}`
      )
    }
    const shown = throughNextChat(stream)
    t.not(shown.text, '', `${fault}: what was said before is kept`)
    t.equal(shown.whole, false, `${fault}: NextChat`)
  }
})
