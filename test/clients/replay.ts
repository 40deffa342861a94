import type { Test } from 'tap'
import { readAsAider } from '../dialects/readers/aider.ts'
import { readAsAutoGen } from '../dialects/readers/autogen.ts'
import { readAsNextChat } from '../dialects/readers/nextchat.ts'
import { readAsOpenAiPython } from '../dialects/readers/openai-python.ts'
import { type Built, KEY } from '../support/helper.ts'

/** Readers that behave as the named client does; they stop where it stops. */
export const READ = { nextChat: readAsNextChat, autoGen: readAsAutoGen, aider: readAsAider, openAiPython: readAsOpenAiPython }

export interface Sent {
  readonly path?: string
  readonly headers?: Record<string, string>
  readonly body: object
}

export interface Answer {
  choices: { finish_reason: string; message: { content: string | null; tool_calls?: unknown[] } }[]
  usage: { prompt_tokens: number; completion_tokens: number }
}

const CHAT = '/v1/chat/completions'

/** Sends a recorded request, and gives the frames of its stream without `[DONE]`. */
export async function streamed(t: Test, built: Built, { path = CHAT, headers = {}, body }: Sent): Promise<string> {
  const response = await built.post(path, body, headers)
  t.equal(response.status, 200)
  t.match(response.headers.get('content-type'), /^text\/event-stream/)
  const text = await response.text()
  const done = 'data: [DONE]\n\n'
  t.ok(text.endsWith(done), 'it ends with [DONE]')
  return text.slice(0, -done.length)
}

/** Sends a recorded request, and gives the JSON of its answer. */
export async function answered(t: Test, built: Built, { path = CHAT, headers = {}, body }: Sent): Promise<Answer> {
  const response = await built.post(path, body, headers)
  t.equal(response.status, 200)
  return (await response.json()) as Answer
}

/** What a client finds at a path it reads. */
export async function got(built: Built, path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(built.base + path, { headers: { authorization: `Bearer ${KEY}`, ...headers } })
}
