import { type EncodedConverse, type EncodeInput, encodeConverseRequest } from '../../../src/bedrock/converse/encode-request.ts'
import { spelt } from '../../../src/core/field.ts'
import type { Json, JsonObject } from '../../../src/core/json.ts'
import type { ChatRequest } from '../../../src/core/request.ts'
import type { Block, FunctionTool, Turn } from '../../../src/core/turn.ts'
import { readChatFields } from '../../../src/dialects/openai-chat/fields.ts'
import { chatSpelling } from '../../../src/dialects/openai-chat/spelling.ts'
import { GatewayError } from '../../../src/errors.ts'
import { baseModelId } from '../../../src/models/base-model.ts'
import { traitsFor } from '../../../src/models/traits.ts'
import { CONVERSE_SHAPE, CONVERSE_STREAM_SHAPE } from '../../../src/standin/converse-shape.ts'
import { resolveModel } from '../../../src/standin/resolve.ts'
import { checkConversation } from '../../../src/standin/rules-conversation.ts'
import { checkMedia } from '../../../src/standin/rules-media.ts'
import { checkModel } from '../../../src/standin/rules-model.ts'
import { checkThinking } from '../../../src/standin/rules-thinking.ts'

export const SONNET_45 = 'anthropic.claude-sonnet-4-5-20250929-v1:0'
export const SONNET_46 = 'us.anthropic.claude-sonnet-4-6'
export const OPUS_47 = 'us.anthropic.claude-opus-4-7'
export const OPUS_55 = 'us.anthropic.claude-opus-5-5'
export const HAIKU_3 = 'anthropic.claude-3-haiku-20240307-v1:0'
export const NOVA = 'amazon.nova-pro-v1:0'
export const NOVA_2 = 'us.amazon.nova-2-lite-v1:0'
export const LLAMA = 'us.meta.llama3-3-70b-instruct-v1:0'
export const MISTRAL = 'mistral.mistral-large-3-675b-instruct'
export const MIXTRAL = 'mistral.mixtral-8x7b-instruct-v0:1'
export const GPT_OSS = 'openai.gpt-oss-120b-1:0'
export const GPT_56 = 'us.openai.gpt-5.6-sol'
export const GPT_6 = 'us.openai.gpt-6-sol'

export const text = (words: string): Block => ({ type: 'text', text: words })
export const user = (...content: readonly (Block | string)[]): Turn => ({ role: 'user', content: content.map(block) })
export const assistant = (...content: readonly (Block | string)[]): Turn => ({ role: 'assistant', content: content.map(block) })
const block = (one: Block | string): Block => (typeof one === 'string' ? text(one) : one)
export const call = (id: string, name = 'lookup', input: JsonObject = {}): Block => ({ type: 'tool-call', id, name, input })
export const result = (callId: string, words = 'done'): Block => ({
  type: 'tool-result',
  callId,
  content: [{ type: 'text', text: words }]
})
export const tool = (name = 'lookup', more: Partial<FunctionTool> = {}): FunctionTool => ({ type: 'function', name, ...more })
export const PNG: Block = {
  type: 'image',
  format: 'png',
  source: { type: 'base64', data: 'iVBORw0KGgoAAAANSUhEUg==' },
  path: 'messages[0].content[0]'
}
export const PDF: Block = {
  type: 'document',
  format: 'pdf',
  name: 'a b?.pdf',
  source: { type: 'base64', data: 'JVBERi0=' },
  path: 'messages[0].content[0]'
}

/** A request with what the row says and nothing else. */
function request(more: Partial<ChatRequest> = {}): ChatRequest {
  return { model: 'm', system: [], turns: [user('hi')], tools: [], output: { type: 'text' }, stream: true, ...more }
}

/** Encodes as the gateway would for a model, traits and all. */
export function encode(model: string, more: Partial<ChatRequest> = {}, input: Partial<EncodeInput> = {}): EncodedConverse {
  const asked = request(more)
  const baseId = baseModelId(model)
  return encodeConverseRequest({
    request: asked,
    target: { id: model, baseId },
    traits: traitsFor(baseId),
    stream: asked.stream,
    defaults: { autoCache: false },
    omissions: new Set(),
    ...input
  })
}

/** A value inside a body, by a path with dots. */
export function at(body: Json | undefined, path: string): Json | undefined {
  return path.split('.').reduce<Json | undefined>((value, step) => (value as Record<string, Json> | undefined)?.[step], body)
}

/** How chat's callers write the fields. */
const SPELL = chatSpelling(readChatFields({}))

/** Which parameters were reported as dropped. */
export function dropped(encoded: EncodedConverse): readonly string[] {
  return encoded.warnings.flatMap((warning) => spelt(warning, SPELL))
}

/** Throws the stand-in's refusal, if it has one. */
export function checkByStandin(model: string, { body, streaming }: EncodedConverse): void {
  const wire = JSON.parse(JSON.stringify(body))
  const found = resolveModel(model)
  ;(streaming ? CONVERSE_STREAM_SHAPE : CONVERSE_SHAPE)(wire, '')
  checkModel(wire, found, streaming)
  checkConversation(wire, found)
  checkMedia(wire, found)
  checkThinking(wire, found, new Map())
}

/** The kind and field of the 4xx that encoding ends in. */
export function refusalOf(run: () => unknown): { kind: string; param: string | null } | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    return { kind: error.kind, param: error.param ?? (error.field === undefined ? null : SPELL(error.field)[0]) }
  }
}
