import type { Json, JsonObject } from '../../core/json.ts'
import type { DecodeContext, Decoded, Dialect } from '../dialect.ts'
import { OPENAI_ERRORS } from '../openai/error-words.ts'
import { decodeGuardrailHeaders } from '../openai-chat/decode-guardrail.ts'
import { openaiChat } from '../openai-chat/openai-chat.ts'
import type { ChatOptions } from '../openai-chat/options.ts'
import { type DecodedResponses, decodeResponsesRequest, type ResponsesDefaults } from './decode-request.ts'
import { compactionItem, itemId } from './encode-item.ts'
import { encodeResponse, textOf } from './encode-response.ts'
import type { ResponsesOptions } from './options.ts'
import { ResponseStream } from './response-stream.ts'
import { encodeUsage } from './usage.ts'

/** OpenAI's Responses API, without state: everything that a conversation needs travels in its items. */
export const openaiResponses: Dialect<ResponsesOptions> = {
  idPrefix: 'resp_',
  errors: OPENAI_ERRORS,
  decode: (body, context) => decodedOf(readBody(body, context)),
  encode: ([completion], head, options) => encodeResponse(completion!, head, options),
  stream: (options, head) => new ResponseStream(options, head)
}

/** `POST /responses/compact`: the conversation in one item, which the next request sends in place of it. */
export const responsesCompaction: Dialect<ResponsesOptions> = {
  ...openaiResponses,
  decode(body, context) {
    const { request, ...rest } = readBody(body, context, { isCompaction: true })
    return decodedOf({ ...rest, request: { ...request, stream: false } })
  },
  encode: ([completion], head) => ({
    id: head.id,
    object: 'response.compaction',
    created_at: head.created,
    output: [compactionItem(itemId('compaction', head, 0), textOf(completion!))] satisfies JsonObject[],
    usage: encodeUsage(completion!.usage)
  })
}

/**
 * A body of the Responses API that came to Chat Completions and is answered as those are: so Cursor asks for models that are called gpt-5
 * (CLIProxyAPI#658, 2026-01).
 */
export const responsesAsChat: Dialect<ChatOptions> = {
  ...openaiChat,
  decode(body, context) {
    const { request, options, warnings, spell } = readBody(body, context)
    const chat: ChatOptions = {
      count: 1,
      includeUsage: true,
      legacyFunctions: false,
      reasoningFormat: context.reasoningFormat,
      ...(options.serviceTier === 'auto' ? {} : { serviceTier: options.serviceTier })
    }
    return { requests: [request], count: 1, options: chat, warnings, spell }
  }
}

/** Reads a body whose tokens shall only be counted. */
export function countedResponses(body: unknown, context: Pick<DecodeContext, 'headers' | 'reasoningFormat'>): DecodedResponses {
  return readBody(body, context)
}

type BodyContext = Pick<DecodeContext, 'headers' | 'reasoningFormat'>

function readBody(body: unknown, { headers, reasoningFormat }: BodyContext, more?: Pick<ResponsesDefaults, 'isCompaction'>) {
  const guardrail = decodeGuardrailHeaders(headers)
  return decodeResponsesRequest(body as Json, { reasoningFormat, ...(guardrail === undefined ? {} : { guardrail }), ...more })
}

function decodedOf({ request, options, warnings, spell }: DecodedResponses): Decoded<ResponsesOptions> {
  return { requests: [request], count: 1, options, warnings, spell }
}
