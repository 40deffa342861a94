import t from 'tap'
import type { Json, JsonObject } from '../../../src/core/json.ts'
import { type DecodedChat, decodeChatRequest } from '../../../src/dialects/openai-chat/decode-request.ts'
import { GatewayError } from '../../../src/errors.ts'

export const USER: JsonObject = { role: 'user', content: 'hi' }

/** Decodes a request that has a model and a user message unless told otherwise. */
export function decode(fields: JsonObject): DecodedChat {
  return decodeChatRequest({ model: 'm', messages: [USER], ...fields }, { reasoningFormat: 'field' })
}

/** Decodes messages; paths are left out, so that rows stay short. */
export function decodeTurns(...messages: readonly Json[]): { system: unknown; turns: unknown } {
  const { system, turns } = decode({ messages }).request
  return { system: withoutPaths(system), turns: withoutPaths(turns) }
}

/** The 400 that a request gets. */
export function refusal(fields: JsonObject): GatewayError {
  try {
    decode(fields)
  } catch (error) {
    if (error instanceof GatewayError) return error
    throw error
  }
  return t.fail('the request was accepted') as never
}

export function withoutPaths(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, member: unknown) => (key === 'path' ? undefined : member)))
}

export function text(said: string): { type: 'text'; text: string } {
  return { type: 'text', text: said }
}
