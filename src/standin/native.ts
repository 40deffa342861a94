import { EVENT_STREAM, speak, type Voice } from './converse.ts'
import type { Exchange } from './exchange.ts'
import { asConverse } from './native-converse.ts'
import { chunkFrame, countHeaders, nativeEvents, nativeMessage } from './native-events.ts'
import { NATIVE_SHAPE, type NativeRequest } from './native-request.ts'
import { checkNative } from './native-rules.ts'
import { parseBody } from './parse-body.ts'
import { invalid, Refusal } from './refusal.ts'
import { resolveModel } from './resolve.ts'
import { checkCachingAllowed } from './rules-cache.ts'
import { checkModel } from './rules-model.ts'
import { checkThinking } from './rules-thinking.ts'
import type { World } from './world.ts'

const NATIVE: Voice = {
  contentType: EVENT_STREAM,
  events: nativeEvents,
  frame: chunkFrame,
  whole: nativeMessage,
  headers: countHeaders
}

/** Answers InvokeModel and InvokeModelWithResponseStream of a Claude model: checks its own body, then speaks in its own words. */
export function invokeNative(
  exchange: Exchange,
  world: World,
  { modelId, streaming }: { modelId: string; streaming: boolean }
): Promise<void> {
  const model = resolveModel(modelId)
  if (model.family !== 'claude') invalid("This action doesn't support the model that you provided.")
  const body = parseBody(exchange.body)
  NATIVE_SHAPE(body, '')
  const native = body as NativeRequest
  checkNative(native, model)
  const request = asConverse(native, exchange.headers)
  inOwnWords(() => {
    checkModel(request, model, streaming)
    checkThinking(request, model, world.reasoning)
  })
  checkCachingAllowed(request, world.uncached.get(modelId))
  return speak(exchange, world, { modelId, model, request, streaming, bodyText: exchange.body.toString('utf8') }, NATIVE)
}

const RELAYED = 'The model returned the following errors: '

/** Converse relays what the model says; here it is the model who speaks. */
function inOwnWords(check: () => void): void {
  try {
    check()
  } catch (error) {
    if (!(error instanceof Refusal) || !error.message.startsWith(RELAYED)) throw error
    throw new Refusal(error.exception, error.message.slice(RELAYED.length), error.fields)
  }
}
