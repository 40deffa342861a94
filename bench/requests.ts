import type { Aim } from './driver/jobs.ts'

/** In which words a subject is asked. */
export type Dialect = 'bedrock' | 'openai' | 'responses' | 'anthropic'

/** The key that clients send; Adit is started with it. */
export const API_KEY = 'bench-key-that-opens-nothing'
/** Another key, for those who mean harm. */
export const HOSTILE_KEY = 'bench-key-of-somebody-else'

/** What is asked for: a model of the upstream, whole or as a stream. */
export interface Question {
  readonly model: string
  readonly streaming: boolean
}

const SYSTEM =
  'You are the guide of a small museum about mining. Answer in two or three sentences, in plain words, without lists.'
const TURNS = [
  ['user', 'What is an adit, and how is it different from a shaft? My daughter (9) asks; she has never been in a mine.'],
  ['assistant', 'An adit is a door into the hill: a level way that one can walk in. A shaft goes straight down, like a well.'],
  ['user', 'And where does the water go that comes out of the rock? She says: "it must end somewhere", and I had no answer.']
] as const
const MAX_TOKENS = 1024

/** The bytes of the whole request, for a subject that listens at `port`. */
export function makeAim(port: number, dialect: Dialect, question: Question, headers: Readonly<Record<string, string>> = {}): Aim {
  const { path, body } = WORDS[dialect](question)
  const lines = [
    `POST ${path} HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    'content-type: application/json',
    `authorization: Bearer ${API_KEY}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`
  ]
  return { port, request: `${lines.join('\r\n')}\r\n\r\n${body}` }
}

const WORDS: Readonly<Record<Dialect, (question: Question) => { readonly path: string; readonly body: string }>> = {
  bedrock: (question) => ({ path: conversePath(question), body: converseBody() }),
  openai: (question) => ({ path: '/v1/chat/completions', body: chatBody(question) }),
  responses: (question) => ({ path: '/v1/responses', body: responsesBody(question) }),
  anthropic: (question) => ({ path: '/v1/messages', body: messagesBody(question) })
}

function conversePath({ model, streaming }: Question): string {
  return `/model/${model}/${streaming ? 'converse-stream' : 'converse'}`
}

function converseBody(): string {
  return JSON.stringify({
    inferenceConfig: { maxTokens: MAX_TOKENS },
    messages: TURNS.map(([role, text]) => ({ content: [{ text }], role })),
    system: [{ text: SYSTEM }]
  })
}

function chatBody({ model, streaming }: Question): string {
  return JSON.stringify({
    model,
    max_tokens: MAX_TOKENS,
    messages: [{ role: 'system', content: SYSTEM }, ...TURNS.map(([role, content]) => ({ role, content }))],
    ...(streaming && { stream: true, stream_options: { include_usage: true } })
  })
}

/** As most clients ask: what is answered is kept. */
function responsesBody({ model, streaming }: Question): string {
  const input = TURNS.map(([role, content]) => ({ role, content }))
  return JSON.stringify({ model, max_output_tokens: MAX_TOKENS, instructions: SYSTEM, input, ...(streaming && { stream: true }) })
}

function messagesBody({ model, streaming }: Question): string {
  const messages = TURNS.map(([role, content]) => ({ role, content }))
  return JSON.stringify({ model, max_tokens: MAX_TOKENS, system: SYSTEM, messages, ...(streaming && { stream: true }) })
}
