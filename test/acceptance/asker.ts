import type OpenAI from 'openai'
import type { Test } from 'tap'
import type { StandinOptions } from '../../src/standin/server.ts'
import { collect } from '../dialects/readers/collect.ts'
import { exchange, type Sent } from '../support/exchange.ts'
import { build } from '../support/helper.ts'

export type { Sent } from '../support/exchange.ts'

export const CHAT = '/v1/chat/completions'
export const NOVA = 'amazon.nova-lite-v1:0'
export const SONNET_45 = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
export const SONNET_46 = 'us.anthropic.claude-sonnet-4-6'
export const OPUS_47 = 'us.anthropic.claude-opus-4-7'
export const OPUS_55 = 'us.anthropic.claude-opus-5-5'
export const HAIKU_3 = 'anthropic.claude-3-haiku-20240307-v1:0'
export const GPT_OSS = 'openai.gpt-oss-120b-1:0'
export const LLAMA = 'us.meta.llama3-3-70b-instruct-v1:0'
export const MISTRAL = 'mistral.mistral-large-3-675b-instruct'

export const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

export const say = (content: unknown) => [{ role: 'user', content }]
export const tool = (name: string, more: object = {}) => ({ type: 'function', function: { name, ...more } })
export const call = (id: string, name: string, args = '{}') => ({ id, type: 'function', function: { name, arguments: args } })

export interface Asked {
  readonly status: number
  readonly headers: Headers
  readonly body: OpenAI.Chat.Completions.ChatCompletion & {
    error?: { message: string; param: string | null; code: string | null }
  }
  /** What reached Bedrock; undefined when nothing was called. */
  readonly sent: Sent | undefined
}

/** One gateway before one stand-in for all cases of a file, and what they ask it by. */
export async function asker(t: Test, env: Record<string, string> = {}, options: StandinOptions = {}) {
  const built = await build(t, { UPSTREAM_MAX_ATTEMPTS: '1', ...env }, options)
  const send = (body: object, headers?: Record<string, string>) =>
    exchange(built, CHAT, { model: NOVA, messages: say('hello'), ...body }, headers)

  return {
    ...built,
    /** A plain call; the body's defaults are a short question to Nova. */
    async ask(body: object, headers?: Record<string, string>): Promise<Asked> {
      const { text, ...rest } = await send(body, headers)
      return { ...rest, body: JSON.parse(text) }
    },
    /** The same call as a stream. */
    stream: (body: object) => send({ ...body, stream: true })
  }
}

/** The data frames of a complete stream, without `[DONE]`. */
export function chunksOf(text: string): string {
  const end = 'data: [DONE]\n\n'
  if (!text.endsWith(end)) throw new Error(`the stream is not complete: ${text.slice(-200)}`)
  return text.slice(0, -end.length)
}

/** A complete stream, added up. */
export function added(text: string) {
  return collect(chunksOf(text))
}

/** Blocks of a turn by their kind. */
export function kinds(turn: Sent['messages'][number] | undefined): string[] {
  return turn?.content.map((block) => Object.keys(block)[0] ?? '') ?? []
}
