import { Agent, request } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { API_KEY } from '../requests.ts'

const WORDS = 400
/** What the stand-in streams for it takes eight seconds. */
const QUESTION = `#slow ${WORDS}`
const ANSWER = Array.from({ length: WORDS }, (_, index) => `s${index % 10} `).join('')

export interface Counts {
  streams: number
  polls: number
  /** What went wrong, and how often. */
  readonly wrong: Map<string, number>
}

interface Answer {
  readonly status: number
  readonly text: string
}

/** Streams and polls over kept connections with TLS until it is stopped, and counts. */
export function startClients(
  port: number,
  ca: string,
  [streams, pollers]: readonly [number, number]
): { counts: Counts; stop(): Promise<void> } {
  const agent = new Agent({ ca, keepAlive: true, maxSockets: streams + pollers })
  const counts: Counts = { streams: 0, polls: 0, wrong: new Map() }
  let working = true
  const note = (what: string) => counts.wrong.set(what, (counts.wrong.get(what) ?? 0) + 1)

  async function streaming(): Promise<void> {
    while (working) {
      const body = JSON.stringify({
        model: 'amazon.nova-lite-v1:0',
        stream: true,
        messages: [{ role: 'user', content: QUESTION }]
      })
      const { status, text } = await ask(agent, port, '/v1/chat/completions', body)
      if (status === 200 && text.endsWith('data: [DONE]\n\n') && said(text) === ANSWER) counts.streams++
      else note(status === 200 ? `a stream was cut: ${text.slice(-200)}` : `a stream got ${status} ${text.slice(0, 200)}`)
    }
  }

  async function polling(): Promise<void> {
    while (working) {
      const { status, text } = await ask(agent, port, '/v1/models')
      if (status === 200) counts.polls++
      else note(`a poll got ${status} ${text.slice(0, 200)}`)
      await sleep(5)
    }
  }

  const work = [...Array.from({ length: streams }, streaming), ...Array.from({ length: pollers }, polling)]
  return {
    counts,
    async stop() {
      working = false
      await Promise.all(work)
      agent.destroy()
    }
  }
}

function said(stream: string): string {
  const frames = stream.split('\n\n').filter((frame) => frame.startsWith('data: {'))
  return frames.map((frame) => JSON.parse(frame.slice(6)).choices[0]?.delta.content ?? '').join('')
}

/** Status 0 when the connection broke; then the text says how. */
function ask(agent: Agent, port: number, path: string, body?: string): Promise<Answer> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' }
    const method = body === undefined ? 'GET' : 'POST'
    const sent = request({ host: '127.0.0.1', port, path, method, agent, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (piece) => {
        text += piece
      })
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }))
      response.once('error', (error) => resolve({ status: 0, text: `${error.message} after ${text.slice(-100)}` }))
    })
    sent.once('error', (error) => resolve({ status: 0, text: error.message }))
    sent.end(body)
  })
}
