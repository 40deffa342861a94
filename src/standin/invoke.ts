import { billLine } from './bill.ts'
import { sendRefusal } from './converse.ts'
import { embed } from './embed.ts'
import type { Exchange } from './exchange.ts'
import { findFault } from './faults.ts'
import { makeImages } from './make-images.ts'
import { invokeNative } from './native.ts'
import { REGION } from './options.ts'
import { parseBody } from './parse-body.ts'
import { invalid, Refusal } from './refusal.ts'
import { signedRegion } from './regions.ts'
import { rerank } from './rerank.ts'
import { resolveModel } from './resolve.ts'
import { wireJson } from './wire-json.ts'
import { nextFault, type World } from './world.ts'

/** Answers InvokeModel for the embedding models and for Claude in its own words; other text models answer under Converse only. */
export async function invoke(exchange: Exchange, world: World, modelId: string): Promise<void> {
  if (resolveModel(modelId).family === 'claude') return invokeNative(exchange, world, { modelId, streaming: false })
  const body = parseBody(exchange.body) as Record<string, unknown>
  const model = resolveModel(modelId)
  if (model.family === 'image') return invokeImage(exchange, world, { modelId, baseId: model.id, body })
  if (model.family === 'rerank') return invokeRerank(exchange, world, { modelId, baseId: model.id, body })
  if (model.family !== 'embedding') invalid("This action doesn't support the model that you provided.")
  const { response, tokens } = embed(body, model.id, exchange.requestId)
  if (await meetFault(exchange, world, modelId)) return
  exchange.sendJson(200, wireJson(response), {
    'x-amzn-bedrock-invocation-latency': '12',
    'x-amzn-bedrock-input-token-count': `${tokens}`,
    'x-amzn-bedrock-output-token-count': '0',
    'x-amzn-bedrock-cache-read-input-token-count': '0',
    'x-amzn-bedrock-cache-write-input-token-count': '0'
  })
  const region = signedRegion(exchange.headers.authorization) ?? REGION
  const sold = { usage: { inputTokens: tokens }, images: imagesIn(body), texts: 1 }
  world.bill.push(billLine({ at: Date.now(), region, modelId, base: model.id, ...sold }))
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

async function invokeRerank(
  exchange: Exchange,
  world: World,
  { modelId, baseId, body }: { readonly modelId: string; readonly baseId: string; readonly body: Record<string, unknown> }
): Promise<void> {
  const response = rerank(body, baseId)
  if (await meetFault(exchange, world, modelId)) return
  exchange.sendJson(200, wireJson(response), { 'x-amzn-bedrock-invocation-latency': '12' })
}

async function invokeImage(
  exchange: Exchange,
  world: World,
  { modelId, baseId, body }: { readonly modelId: string; readonly baseId: string; readonly body: Record<string, unknown> }
): Promise<void> {
  const response = makeImages(body, baseId)
  if (await meetFault(exchange, world, modelId)) return
  exchange.sendJson(200, wireJson(response), { 'x-amzn-bedrock-invocation-latency': '12' })
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
