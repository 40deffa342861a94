import { Agent, type IncomingMessage, request } from 'node:http'
import { API_KEY } from '../requests.ts'

/** What came back. Status 0: the connection broke, and the text says how. */
export interface Answer {
  readonly status: number
  readonly stream: boolean
  readonly text: string
}

export interface Asker {
  /** Sends a body, or gets a path; the request carries its id to the gateway's log. */
  ask(path: string, id: string, body?: object): Promise<Answer>
  /** Sends a body and hands over the answer as soon as it has begun; `leave` closes the connection. */
  begin(path: string, id: string, body: object): { began: Promise<IncomingMessage | undefined>; leave(): void }
  close(): void
}

/** Clients of a gateway on this machine, over connections that are kept. */
export function createAsker(port: number): Asker {
  const agent = new Agent({ keepAlive: true, maxSockets: 1000 })

  function open(path: string, id: string, body: object | undefined) {
    const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json', 'x-request-id': id }
    const method = body === undefined ? 'GET' : 'POST'
    const sent = request({ host: '127.0.0.1', port, path, method, agent, headers })
    sent.end(body === undefined ? undefined : JSON.stringify(body))
    return sent
  }

  return {
    ask(path, id, body) {
      return new Promise((resolve) => {
        const sent = open(path, id, body)
        sent.once('error', (error) => resolve({ status: 0, stream: false, text: error.message }))
        sent.once('response', (response) => void readAll(response).then(resolve))
      })
    },
    begin(path, id, body) {
      const sent = open(path, id, body)
      const began = new Promise<IncomingMessage | undefined>((resolve) => {
        sent.once('response', resolve)
        sent.once('close', () => resolve(undefined))
      })
      sent.on('error', () => {})
      return { began, leave: () => sent.destroy() }
    },
    close: () => agent.destroy()
  }
}

async function readAll(response: IncomingMessage): Promise<Answer> {
  const stream = /event-stream/.test(response.headers['content-type'] ?? '')
  let text = ''
  try {
    for await (const piece of response.setEncoding('utf8')) text += piece
    return { status: response.statusCode ?? 0, stream, text }
  } catch (error) {
    return { status: 0, stream, text: `${(error as Error).message} after: ${text.slice(-200)}` }
  }
}

/** The content of a stream's chunks, joined. */
export function contentOf(stream: string): string {
  const frames = stream.split('\n\n').filter((frame) => frame.startsWith('data: {'))
  return frames.map((frame) => JSON.parse(frame.slice(6)).choices?.[0]?.delta?.content ?? '').join('')
}

/** The joined arguments of a stream's first tool call. */
export function argumentsOf(stream: string): string {
  const frames = stream.split('\n\n').filter((frame) => frame.startsWith('data: {'))
  const calls = frames.flatMap((frame) => JSON.parse(frame.slice(6)).choices?.[0]?.delta?.tool_calls ?? [])
  return calls.map((call: { function?: { arguments?: string } }) => call.function?.arguments ?? '').join('')
}

export const DONE = 'data: [DONE]\n\n'
