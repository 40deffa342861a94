import { setTimeout as sleep } from 'node:timers/promises'
import { FAULTS } from '../../src/standin/faults.ts'
import type { Random } from '../../src/standin/random.ts'
import { type Answer, type Asker, argumentsOf, contentOf, DONE } from './ask.ts'

/** One thing that clients do. Throws with what was not true. */
export interface Task {
  readonly share: number
  /** The gateway need not have seen it: the client may have left before. */
  readonly leaves?: true
  run(asker: Asker, id: string, random: Random): Promise<void>
}

const CHAT = '/v1/chat/completions'
const NOVA = 'amazon.nova-lite-v1:0'
const TOOL = {
  type: 'function',
  function: { name: 'look', parameters: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] } }
}

const asks = (content: string, more: object = {}) => ({ model: NOVA, messages: [{ role: 'user', content }], ...more })
const echoOf = (content: string) => `This is a synthetic answer from the Bedrock stand-in. You said: ${content}`
const slowOf = (words: number) => Array.from({ length: words }, (_, index) => `s${index % 10} `).join('')

function must(holds: boolean, what: string, answer?: Answer): asserts holds {
  if (!holds) throw new Error(answer === undefined ? what : `${what}: ${answer.status} ${answer.text.slice(-500)}`)
}

/** A sentence that the stand-in's brain only echoes. */
function words(random: Random, most: number): string {
  return Array.from({ length: random.between(1, most) }, () => `w${random.between(0, 9999)}`).join(' ')
}

function mustBeWhole(answer: Answer, text: string): void {
  must(answer.status === 200, 'an answer is expected', answer)
  if (answer.stream) must(answer.text.endsWith(DONE), 'a whole stream ends with [DONE]', answer)
  const said = answer.stream ? contentOf(answer.text) : JSON.parse(answer.text).choices[0].message.content
  must(said === text, `the text is not what the model said, but ${JSON.stringify(String(said).slice(0, 300))}`)
}

/** Faults after which an answer is whole all the same. */
const HARMLESS = new Set([
  'unknown-event',
  'unknown-fields',
  'event-64k',
  'token-bucket',
  'cache-drop',
  'double-count',
  'no-details',
  'no-usage'
])
/** Too many bytes for a mixed load; slow readers ask for the stream. */
const HUGE = new Set(['event-16m', 'stream-200m'])
const RANDOM_FAULTS = Object.keys(FAULTS).filter((name) => !HUGE.has(name))

function mustBeTrue(answer: Answer, fault: string, text: string): void {
  if (answer.status === 200 && (!answer.stream || answer.text.endsWith(DONE))) {
    must(HARMLESS.has(fault), `success in spite of ${fault}`, answer)
    return mustBeWhole(answer, fault === 'event-64k' ? 'x'.repeat(65_536) : text)
  }
  must(!answer.text.includes('[DONE]'), `[DONE] in an answer broken by ${fault}`, answer)
  must(!answer.stream || answer.status === 200, 'a stream has status 200', answer)
  const frame = answer.stream ? (answer.text.trimEnd().split('\n\n').at(-1) ?? '').replace(/^data: /, '') : answer.text
  must(answer.status !== 0 && typeof JSON.parse(frame).error?.message === 'string', `${fault} is told by an error`, answer)
}

/** What clients do in a soak, and how often. */
export const TASKS: Readonly<Record<string, Task>> = {
  unary: {
    share: 20,
    async run(asker, id, random) {
      const text = words(random, 60)
      mustBeWhole(await asker.ask(CHAT, id, asks(text)), echoOf(text))
    }
  },
  stream: {
    share: 25,
    async run(asker, id, random) {
      const text = words(random, 400)
      mustBeWhole(await asker.ask(CHAT, id, asks(text, { stream: true })), echoOf(text))
    }
  },
  'slow stream': {
    share: 6,
    async run(asker, id, random) {
      const count = random.between(10, 100)
      mustBeWhole(await asker.ask(CHAT, id, asks(`#slow ${count}`, { stream: true })), slowOf(count))
    }
  },
  tools: {
    share: 10,
    async run(asker, id, random) {
      const stream = random.next() < 0.5
      const answer = await asker.ask(CHAT, id, asks('go on', { stream, tools: [TOOL], tool_choice: 'required' }))
      must(answer.status === 200 && (!stream || answer.text.endsWith(DONE)), 'a call is expected', answer)
      const json = stream ? argumentsOf(answer.text) : JSON.parse(answer.text).choices[0].message.tool_calls[0].function.arguments
      must(typeof JSON.parse(json).place === 'string', 'the call has its arguments', answer)
    }
  },
  embeddings: {
    share: 8,
    async run(asker, id, random) {
      const input = Array.from({ length: random.between(1, 5) }, () => words(random, 20))
      const answer = await asker.ask('/v1/embeddings', id, { model: 'amazon.titan-embed-text-v2:0', input, dimensions: 256 })
      must(answer.status === 200, 'vectors are expected', answer)
      const { data } = JSON.parse(answer.text)
      must(
        data.length === input.length && data.every((item: { embedding: number[] }) => item.embedding.length === 256),
        'one vector each'
      )
    }
  },
  models: {
    share: 5,
    async run(asker, id) {
      const answer = await asker.ask('/v1/models', id)
      must(answer.status === 200 && JSON.parse(answer.text).data.length > 10, 'the models are expected', answer)
    }
  },
  'broken request': {
    share: 3,
    async run(asker, id) {
      const answer = await asker.ask(CHAT, id, { model: NOVA, messages: [{ role: 'robot' }] })
      must(answer.status === 400 && JSON.parse(answer.text).error.param === 'messages[0].role', 'a 400 is expected', answer)
    }
  },
  fault: {
    share: 15,
    async run(asker, id, random) {
      const fault = RANDOM_FAULTS[random.between(0, RANDOM_FAULTS.length - 1)]!
      const text = words(random, 60)
      const body = { ...asks(text, { stream: random.next() < 0.6, max_tokens: 500 }), model: `standin.fault-${fault}` }
      mustBeTrue(await asker.ask(CHAT, id, body), fault, echoOf(text))
    }
  },
  'leaving client': {
    share: 6,
    leaves: true,
    async run(asker, id, random) {
      const faults = ['throttling-retry-after', 'hang-before-headers', 'hang-after-headers', 'hang-mid-stream']
      const model = random.next() < 0.5 ? NOVA : `standin.fault-${faults[random.between(0, faults.length - 1)]}`
      const { began, leave } = asker.begin(CHAT, id, { ...asks('#slow 200', { stream: random.next() < 0.7 }), model })
      void began.then((response) => response?.resume().on('error', () => {}))
      await sleep(random.between(50, 800))
      leave()
    }
  },
  'slow reader': {
    share: 1,
    leaves: true,
    async run(asker, id) {
      const { began, leave } = asker.begin(CHAT, id, {
        ...asks('on and on', { stream: true }),
        model: 'standin.fault-stream-200m'
      })
      const response = await began
      response?.on('error', () => {})
      for (let reads = 0; reads < 10; reads++) {
        response?.read(1024)
        await sleep(500)
      }
      leave()
    }
  }
}

const DRAW = Object.entries(TASKS).flatMap(([name, { share }]) => Array.from({ length: share }, () => name))

/** A task by chance, by its share. */
export function drawTask(random: Random): string {
  return DRAW[random.between(0, DRAW.length - 1)]!
}
