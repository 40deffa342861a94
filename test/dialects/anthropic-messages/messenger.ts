import Anthropic from '@anthropic-ai/sdk'
import type { Test } from 'tap'
import type { StandinOptions } from '../../../src/standin/server.ts'
import { NOVA, type Sent, say } from '../../acceptance/asker.ts'
import { exchange } from '../../support/exchange.ts'
import { build, KEY } from '../../support/helper.ts'
import { namedFrames } from '../../support/named-frames.ts'

export {
  GPT_OSS,
  LLAMA,
  NOVA,
  OPUS_47,
  OPUS_55,
  PNG,
  type Sent,
  SONNET_45,
  SONNET_46,
  say
} from '../../acceptance/asker.ts'

const MESSAGES = '/v1/messages'

export const WEATHER = {
  name: 'get_weather',
  description: 'The weather in a city',
  input_schema: { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] }
}

export interface Asked {
  readonly status: number
  readonly headers: Headers
  readonly body: Anthropic.Message & {
    readonly error?: { readonly type: string; readonly message: string }
    readonly request_id?: string
  }
  /** What reached Bedrock; undefined when nothing was called. */
  readonly sent: Sent | undefined
}

export type StreamEvent =
  | Anthropic.RawMessageStreamEvent
  | { readonly type: 'error' | 'ping'; readonly error?: { readonly type: string } }

/** One gateway before one stand-in, and what it is asked by in Anthropic's language. */
export async function messenger(t: Test, env: Record<string, string> = {}, options: StandinOptions = {}) {
  const built = await build(t, { UPSTREAM_MAX_ATTEMPTS: '1', ...env }, options)
  const send = (body: object, headers?: Record<string, string>) =>
    exchange(built, MESSAGES, { model: NOVA, max_tokens: 100, messages: say('hello'), ...body }, headers)

  return {
    ...built,
    client: new Anthropic({ baseURL: built.base, apiKey: KEY, maxRetries: 0 }),
    /** A plain call; the body's defaults are a short question to Nova. */
    async ask(body: object, headers?: Record<string, string>): Promise<Asked> {
      const { text, ...rest } = await send(body, headers)
      return { ...rest, body: JSON.parse(text) }
    },
    /** The same call as a stream, taken apart. */
    async events(body: object, headers?: Record<string, string>) {
      const sent = await send({ ...body, stream: true }, headers)
      return { ...sent, list: sent.status === 200 ? namedFrames<StreamEvent>(sent.text) : [] }
    }
  }
}
