import { CATALOG } from './catalog.ts'
import type { ConverseRequest } from './converse-request.ts'
import { COUNT_TOKENS_SHAPE } from './converse-shape.ts'
import type { Exchange } from './exchange.ts'
import { parseBody } from './parse-body.ts'
import { invalid } from './refusal.ts'
import { profileModel, resolveModel } from './resolve.ts'
import { countTokens, countValue } from './tokens.ts'

/** Answers CountTokens; as in the service, only base ids of some Claude models have it. */
export function countTokensCall(exchange: Exchange, modelId: string): void {
  const body = parseBody(exchange.body)
  COUNT_TOKENS_SHAPE(body, '')
  // The base id counts even where a run needs a profile.
  const model = CATALOG.find((entry) => entry.id === modelId) ?? profileModel(modelId) ?? resolveModel(modelId)
  if (!model.countTokens || model.id !== modelId) invalid("The provided model doesn't support counting tokens.")
  const { input } = body as { input: { converse?: ConverseRequest; invokeModel?: { body: string } } }
  const inputTokens =
    input.converse === undefined
      ? countTokens(Buffer.from(input.invokeModel?.body ?? '', 'base64').toString('utf8'))
      : countValue([input.converse.messages, input.converse.system, input.converse.toolConfig])
  exchange.sendJson(200, JSON.stringify({ inputTokens }))
}
