import type { UsageDetails } from '../../core/event.ts'
import type { PictureKind } from '../../core/image.ts'
import { isJsonObject, type Json, type JsonObject, objects } from '../../core/json.ts'
import { NO_USAGE, type Usage } from '../../core/usage.ts'
import { decodeUsage, decodeUsageDetails } from '../converse/usage.ts'
import { askedPicture } from '../image/titan.ts'
import { queriesFor } from '../rerank/rerank-codec.ts'
import { type Frame, payloadOf } from '../transport/event-stream.ts'
import type { HttpAnswer } from '../transport/http-exchange.ts'

/** What an answer has used, as far as it tells. */
export interface PassedUsage {
  readonly usage: Usage
  readonly details: UsageDetails
  /** Something was written to the cache, and it does not tell for how long. */
  readonly isVague: boolean
  /** Pictures that were made, or embedded, where that is what is paid. */
  readonly images?: number
  /** What those that were made look like. */
  readonly picture?: PictureKind
  /** What a reranker is paid by. */
  readonly texts?: number
}

/**
 * What a whole answer has used, by Bedrock's headers, by its own `usage`, or by the pieces that it is made of; undefined where it does not
 * tell. `asked` is the body of the call.
 */
export function wholeUsage(headers: HttpAnswer['headers'], body: Buffer, asked: Uint8Array): PassedUsage | undefined {
  const input = headers['x-amzn-bedrock-input-token-count']
  if (input === undefined) {
    const answer = parse(body)
    return usageIn(answer) ?? piecesIn(answer, asked)
  }
  const count = (name: string) => Number(headers[`x-amzn-bedrock-${name}-token-count`] ?? 0)
  const tier = headers['x-amzn-bedrock-service-tier']
  const isOptimized = headers['x-amzn-bedrock-performanceconfig-latency'] === 'optimized'
  const written = count('cache-write-input')
  // Claude's own body tells for how long; it is read only where that matters.
  const details = written > 0 ? hourDetails(parse(body)) : undefined
  const usage = decodeUsage(
    {
      inputTokens: count('input'),
      outputTokens: count('output'),
      cacheReadInputTokens: count('cache-read-input'),
      cacheWriteInputTokens: written,
      ...(details === undefined ? {} : { cacheDetails: details })
    },
    undefined
  )
  return {
    usage,
    details: { ...(typeof tier === 'string' && { serviceTier: tier }), ...(isOptimized && { isOptimized }) },
    isVague: written > 0 && details === undefined,
    // What says nothing embeds: pictures cost apart from tokens there.
    ...(count('output') === 0 ? picturesIn(asked) : {})
  }
}

function hourDetails(answer: JsonObject | undefined): Json | undefined {
  const usage = answer?.usage
  const creation = isJsonObject(usage) ? usage.cache_creation : undefined
  const hour = isJsonObject(creation) ? creation.ephemeral_1h_input_tokens : undefined
  return hour === undefined ? undefined : [{ ttl: '1h', inputTokens: hour }]
}

/** What the first chunk of Claude's own stream tells of how long writes are kept; undefined: nothing. */
export function startDetails(first: Frame | undefined): Json | undefined {
  if (first?.name !== 'chunk') return undefined
  const { bytes } = parse(payloadOf(first)) ?? {}
  const message = typeof bytes === 'string' ? parse(Buffer.from(bytes, 'base64'))?.message : undefined
  return isJsonObject(message) ? hourDetails(message) : undefined
}

/** What tells how the counts of a stream are read. */
export interface StreamCounts {
  /** Input tokens count what was read from and written to the cache too. */
  readonly inputHoldsCache: boolean
  /** What the first chunk of a model's own stream has told of how long writes are kept. */
  readonly details?: Json | undefined
}

/** What a stream has used, by its last frame: `metadata` of ConverseStream, or the metrics in the last chunk of a model's own stream. */
export function streamUsage(last: Frame | undefined, { inputHoldsCache, details }: StreamCounts): PassedUsage | undefined {
  if (last === undefined || last.messageType !== 'event') return undefined
  const payload = parse(payloadOf(last))
  if (last.name !== 'chunk') return usageIn(payload, inputHoldsCache)
  const { bytes } = payload ?? {}
  const metrics =
    typeof bytes === 'string' ? parse(Buffer.from(bytes, 'base64'))?.['amazon-bedrock-invocationMetrics'] : undefined
  if (!isJsonObject(metrics)) return undefined
  const usage = decodeUsage(
    {
      inputTokens: metrics.inputTokenCount ?? 0,
      outputTokens: metrics.outputTokenCount ?? 0,
      cacheReadInputTokens: metrics.cacheReadInputTokenCount ?? 0,
      cacheWriteInputTokens: metrics.cacheWriteInputTokenCount ?? 0,
      ...(details === undefined ? {} : { cacheDetails: details })
    },
    undefined
  )
  return { usage, details: {}, isVague: usage.cacheWriteTokens > 0 && details === undefined }
}

function usageIn(answer: JsonObject | undefined, holdsCache = false): PassedUsage | undefined {
  const told: Json | undefined = answer?.usage
  if (answer === undefined || !isJsonObject(told) || told.inputTokens === undefined) return undefined
  return { usage: decodeUsage(told, undefined, holdsCache), details: decodeUsageDetails(answer), isVague: false }
}

/** Members that hold a picture, in the words of every family that embeds. */
const PICTURES: ReadonlySet<string> = new Set(['inputImage', 'image', 'image_url', 'mediaSource'])

function picturesIn(asked: Uint8Array): { readonly images?: number } {
  const bytes = Buffer.from(asked.buffer, asked.byteOffset, asked.byteLength)
  // Neither word is in most bodies, and few of those are large.
  const images = bytes.includes('mage') || bytes.includes('mediaSource') ? countPictures(parse(bytes) ?? null) : 0
  return images === 0 ? {} : { images }
}

function countPictures(value: Json): number {
  if (Array.isArray(value)) return (value as readonly Json[]).reduce<number>((sum, one) => sum + countPictures(one), 0)
  if (!isJsonObject(value)) return 0
  return Object.entries(value).reduce((sum, [name, one]) => {
    if (name === 'images' && Array.isArray(one)) return sum + one.length
    return sum + (PICTURES.has(name) ? 1 : countPictures(one))
  }, 0)
}

/** Pictures of an answer, those that were held back among them, or the queries of a ranking. */
function piecesIn(answer: JsonObject | undefined, asked: Uint8Array): PassedUsage | undefined {
  const told = { usage: NO_USAGE, details: {}, isVague: false }
  if (Array.isArray(answer?.images)) {
    const picture = askedPicture(parse(Buffer.from(asked)) ?? {})
    return { ...told, images: answer.images.length, ...(picture && { picture }) }
  }
  if (objects(answer?.results)[0]?.relevance_score === undefined) return undefined
  const documents = parse(Buffer.from(asked))?.documents
  return Array.isArray(documents) ? { ...told, texts: queriesFor(documents.length) } : undefined
}

function parse(bytes: Buffer): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(bytes.toString('utf8'))
    return isJsonObject(parsed) ? parsed : undefined
  } catch {
    return undefined // whatever it is, it is handed on; it only tells nothing
  }
}
