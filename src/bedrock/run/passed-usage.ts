import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { Usage } from '../../core/usage.ts'
import { decodeUsage } from '../converse/usage.ts'
import { type Frame, payloadOf } from '../transport/event-stream.ts'
import type { HttpAnswer } from '../transport/http-exchange.ts'

/** What a whole answer has cost, by Bedrock's headers or by its own `usage`; undefined where it does not tell. */
export function wholeUsage(headers: HttpAnswer['headers'], body: Buffer): Usage | undefined {
  const input = headers['x-amzn-bedrock-input-token-count']
  if (input === undefined) return usageIn(parse(body))
  const count = (name: string) => Number(headers[`x-amzn-bedrock-${name}-token-count`] ?? 0)
  return decodeUsage(
    {
      inputTokens: count('input'),
      outputTokens: count('output'),
      cacheReadInputTokens: count('cache-read-input'),
      cacheWriteInputTokens: count('cache-write-input')
    },
    undefined
  )
}

/** What a stream has cost, by its last frame: `metadata` of ConverseStream, or the metrics in the last chunk of a model's own stream. */
export function streamUsage(last: Frame | undefined): Usage | undefined {
  if (last === undefined || last.messageType !== 'event') return undefined
  const payload = parse(payloadOf(last))
  if (last.name !== 'chunk') return usageIn(payload)
  const { bytes } = payload ?? {}
  const metrics =
    typeof bytes === 'string' ? parse(Buffer.from(bytes, 'base64'))?.['amazon-bedrock-invocationMetrics'] : undefined
  if (!isJsonObject(metrics)) return undefined
  return decodeUsage(
    {
      inputTokens: metrics.inputTokenCount ?? 0,
      outputTokens: metrics.outputTokenCount ?? 0,
      cacheReadInputTokens: metrics.cacheReadInputTokenCount ?? 0,
      cacheWriteInputTokens: metrics.cacheWriteInputTokenCount ?? 0
    },
    undefined
  )
}

function usageIn(answer: JsonObject | undefined): Usage | undefined {
  const usage: Json | undefined = answer?.usage
  return isJsonObject(usage) && usage.inputTokens !== undefined ? decodeUsage(usage, undefined) : undefined
}

function parse(bytes: Buffer): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(bytes.toString('utf8'))
    return isJsonObject(parsed) ? parsed : undefined
  } catch {
    return undefined // whatever it is, it is handed on; it only tells nothing
  }
}
