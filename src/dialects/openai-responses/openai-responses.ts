import { jsonBytes } from '../../core/byte-string.ts'
import type { Json, JsonObject } from '../../core/json.ts'
import type { DecodeContext, Decoded, Dialect, Head } from '../dialect.ts'
import { OPENAI_ERRORS } from '../openai/error-words.ts'
import { decodeGuardrailHeaders } from '../openai-chat/decode-guardrail.ts'
import { openaiChat } from '../openai-chat/openai-chat.ts'
import type { ChatOptions } from '../openai-chat/options.ts'
import { type DecodedResponses, decodeResponsesRequest, type ResponsesDefaults } from './decode-request.ts'
import { compactionItem, itemId } from './encode-item.ts'
import { encodeResponse, textOf } from './encode-response.ts'
import { keepAnswer } from './keeping.ts'
import type { ResponsesOptions } from './options.ts'
import { ResponseStream } from './response-stream.ts'
import { encodeUsage } from './usage.ts'

/** OpenAI's Responses API. Everything that a conversation needs travels in its items; what is kept stands in for items that are not sent. */
export const openaiResponses: Dialect<ResponsesOptions> = {
  idPrefix: 'resp_',
  errors: OPENAI_ERRORS,
  keepsRecords: true,
  decode: async (body, context) => decodedOf(await readBody(body, context)),
  encode: ([completion], head, options) => kept(encodeResponse(completion!, head, options), head, options),
  stream: (options, head) => new ResponseStream(options, head)
}

/** `POST /responses/compact`: the conversation in one item, which the next request sends in place of it. */
export const responsesCompaction: Dialect<ResponsesOptions> = {
  ...openaiResponses,
  async decode(body, context) {
    const { request, ...rest } = await readBody(body, context, { isCompaction: true, isPassing: true })
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
  keepsRecords: true,
  async decode(body, context) {
    const { request, options, warnings, spell } = await readBody(body, context, { isPassing: true })
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
export async function countedResponses(body: unknown, context: BodyContext): Promise<DecodedResponses> {
  return readBody(body, context, { isPassing: true })
}

type BodyContext = Pick<DecodeContext, 'headers' | 'reasoningFormat' | 'maxTokens' | 'records'>

function readBody(
  body: unknown,
  { headers, reasoningFormat, maxTokens, records }: BodyContext,
  more?: Pick<ResponsesDefaults, 'isCompaction' | 'isPassing'>
) {
  const guardrail = decodeGuardrailHeaders(headers)
  return decodeResponsesRequest(body as Json, {
    reasoningFormat,
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(records === undefined ? {} : { records }),
    ...(guardrail === undefined ? {} : { guardrail }),
    ...more
  })
}

/** The response once it is kept; it says itself whether it is. */
function kept(response: JsonObject, head: Head, { keeping }: ResponsesOptions): JsonObject | Promise<JsonObject> {
  if (keeping === undefined) return response
  const output = Array.isArray(response.output) ? response.output.map(jsonBytes) : []
  const isKept = keepAnswer(keeping, head, jsonBytes(response), output)
  return isKept instanceof Promise ? isKept.then((done) => ({ ...response, store: done })) : { ...response, store: isKept }
}

function decodedOf({ request, options, warnings, spell }: DecodedResponses): Decoded<ResponsesOptions> {
  return { requests: [request], count: 1, options, warnings, spell }
}
