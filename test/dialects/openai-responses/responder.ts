import type OpenAI from 'openai'
import type { Test } from 'tap'
import type { StandinOptions } from '../../../src/standin/server.ts'
import { NOVA } from '../../acceptance/asker.ts'
import { exchange } from '../../support/exchange.ts'
import { build } from '../../support/helper.ts'
import { namedFrames } from '../../support/named-frames.ts'

export { GPT_OSS, LLAMA, NOVA, OPUS_55, type Sent, SONNET_45, SONNET_46 } from '../../acceptance/asker.ts'

const RESPONSES = '/v1/responses'

/** A flat function with one string argument. */
export const fn = (name: string, argument = 'city') => ({
  type: 'function',
  name,
  parameters: { type: 'object', properties: { [argument]: { type: 'string' } } },
  strict: null
})

export const user = (content: unknown) => ({ role: 'user', content })

/** An item of an answer, of whatever type. */
export type Item = Record<string, unknown> & {
  readonly type: string
  readonly summary?: readonly { readonly text: string }[]
  readonly encrypted_content?: string
}

export type ResponseBody = Omit<OpenAI.Responses.Response, 'output' | 'error'> & {
  readonly store?: boolean
  readonly output: readonly Item[]
  readonly error: { readonly message: string; readonly param: string | null; readonly code: string | null } | null
}

export interface StreamEvent {
  readonly type: string
  readonly sequence_number: number
  readonly response?: ResponseBody
  readonly item?: Item
  readonly delta?: string
  readonly [member: string]: unknown
}

/** One gateway before one stand-in, and what it is asked by in the Responses API's language. */
export async function responder(t: Test, env: Record<string, string> = {}, options: StandinOptions = {}) {
  const built = await build(t, { UPSTREAM_MAX_ATTEMPTS: '1', ...env }, options)
  const send = (body: object, path = RESPONSES) => exchange(built, path, { model: NOVA, input: 'hello', ...body })

  return {
    ...built,
    send,
    /** A plain call; the body's defaults are a short question to Nova. */
    async ask(body: object, path?: string) {
      const { text, ...rest } = await send(body, path)
      return { ...rest, body: JSON.parse(text) as ResponseBody }
    },
    /** The same call as a stream, taken apart. */
    async events(body: object) {
      const sent = await send({ ...body, stream: true })
      return { ...sent, list: sent.status === 200 ? eventsOf(sent.text) : [] }
    }
  }
}

/** The events of a stream; each frame must name its event as its data does, and the numbers rise by one. */
export function eventsOf(text: string): StreamEvent[] {
  const events = namedFrames<StreamEvent>(text)
  const wrong = events.find(({ sequence_number }, index) => sequence_number !== index)
  if (wrong !== undefined) throw new Error(`${wrong.type} has the number ${wrong.sequence_number}`)
  return events
}

/** A response without what differs from call to call. */
export function bare(value: unknown): unknown {
  const text = JSON.stringify(value)
  return JSON.parse(
    text.replaceAll(/"(created_at|completed_at)":\d+/g, '"$1":0').replaceAll(/"(resp|[a-z]{2,3})_[0-9a-f]{32}/g, '"$1_')
  )
}
