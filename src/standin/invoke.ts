import { billLine, type Processed } from './bill.ts'
import type { CatalogModel } from './catalog.ts'
import { sendRefusal } from './converse.ts'
import { embed } from './embed.ts'
import type { Exchange } from './exchange.ts'
import { findFault } from './faults.ts'
import { makeImages, pictureSize } from './make-images.ts'
import { invokeNative } from './native.ts'
import { parseBody } from './parse-body.ts'
import { placeOf } from './place.ts'
import { invalid, Refusal } from './refusal.ts'
import { rerank } from './rerank.ts'
import { resolveModel } from './resolve.ts'
import { wireJson } from './wire-json.ts'
import { nextFault, type World } from './world.ts'

/** Answers InvokeModel for the embedding models and for Claude in its own words; other text models answer under Converse only. */
export async function invoke(exchange: Exchange, world: World, modelId: string): Promise<void> {
  if (resolveModel(modelId).family === 'claude') return invokeNative(exchange, world, { modelId, streaming: false })
  const body = parseBody(exchange.body) as Record<string, unknown>
  const model = resolveModel(modelId)
  if (model.family === 'image') {
    const response = makeImages(body, model.id)
    const sold = { usage: {}, images: response.images.length, pictureSize: pictureSize(body) }
    return sell(exchange, world, { modelId, model, response, sold })
  }
  if (model.family === 'rerank')
    return sell(exchange, world, {
      modelId,
      model,
      response: rerank(body, model.id),
      sold: { usage: {}, texts: queriesOf(body) }
    })
  if (model.family !== 'embedding') invalid("This action doesn't support the model that you provided.")
  const { response, tokens } = embed(body, model.id, exchange.requestId)
  const sold = { usage: { inputTokens: tokens }, images: imagesIn(body), texts: 1 }
  await sell(exchange, world, {
    ...{ modelId, model, sold, response },
    headers: {
      'x-amzn-bedrock-input-token-count': `${tokens}`,
      'x-amzn-bedrock-output-token-count': '0',
      'x-amzn-bedrock-cache-read-input-token-count': '0',
      'x-amzn-bedrock-cache-write-input-token-count': '0'
    }
  })
}

/** Rerankers are paid by the query of up to 100 documents. */
const queriesOf = ({ documents }: Record<string, unknown>) => Math.ceil((documents as readonly unknown[]).length / 100)

interface Sale {
  readonly modelId: string
  readonly model: CatalogModel
  readonly sold: Pick<Processed, 'usage' | 'images' | 'texts' | 'pictureSize'>
  readonly response: unknown
  readonly headers?: Record<string, string>
}

/** Asks the quota, meets the fault, answers, and puts it on the bill. */
async function sell(exchange: Exchange, world: World, { modelId, model, sold, response, headers = {} }: Sale): Promise<void> {
  const place = placeOf(exchange)
  const inputTokens = Number(sold.usage.inputTokens ?? 0)
  const ask = { place, modelId, model, isMantle: false, tier: undefined, inputTokens, maxTokens: 0 }
  const charge = world.quotas.enter(ask)
  try {
    if (await meetFault(exchange, world, modelId)) return
    exchange.sendJson(200, wireJson(response), { 'x-amzn-bedrock-invocation-latency': '12', ...headers })
    world.bill.push(billLine({ at: world.clock.now(), ...place, modelId, base: model.id, ...sold }))
    charge.settle(sold.usage)
  } finally {
    charge.release()
  }
}

/** Pictures of a request, in the words of every family. */
function imagesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + imagesIn(one), 0)
  return Object.entries(value).reduce((sum, [name, one]) => {
    if (name === 'images' && Array.isArray(one)) return sum + one.length
    if (['inputImage', 'image', 'image_url', 'mediaSource'].includes(name) && typeof one !== 'undefined') return sum + 1
    return sum + imagesIn(one)
  }, 0)
}

async function meetFault(exchange: Exchange, world: World, modelId: string): Promise<boolean> {
  const name = nextFault(world, modelId)
  if (name === undefined) return false
  const fault = findFault(name)
  if (fault.kind === 'frame') throw new Refusal(fault.exception, fault.message, fault.fields)
  if (fault.kind === 'wire') {
    if (!fault.damage.startsWith('reset')) await exchange.wait(world.options.hangMs)
    if (fault.damage === 'slow-first-event') return false
    exchange.reset()
    return true
  }
  if (fault.kind !== 'http') return false
  if (fault.exception !== undefined)
    sendRefusal(exchange, new Refusal(fault.exception, fault.message, fault.fields), fault.headers)
  else exchange.sendJson(fault.status ?? 500, fault.raw ?? '', { ...fault.headers })
  return true
}
