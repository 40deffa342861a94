import type { Answer } from './answer.ts'
import { type Thought, think } from './brain.ts'
import type { CatalogModel } from './catalog.ts'
import type { Block, ConverseRequest } from './converse-request.ts'
import type { Cached } from './prompt-cache.ts'
import { makeRandom } from './random.ts'
import { digestOf, layoutOf, prefixDigest } from './rules-reasoning.ts'
import { signReasoning } from './signature.ts'
import { countUsage } from './usage.ts'
import { nextAnswer, type World } from './world.ts'

/** The call whose answer is wanted. */
export interface ModelCall {
  readonly modelId: string
  readonly model: CatalogModel
  readonly request: ConverseRequest
  /** The body as it came: equal bodies give equal answers. */
  readonly bodyText: string
  readonly streaming: boolean
}

/** Takes the scripted answer if there is one, else lets the demo brain think; either is counted and signed. */
export function makeAnswer(call: ModelCall, world: World, cached: Cached): Answer {
  const { request, model } = call
  const random = makeRandom(world.options.seed, `${call.modelId}\n${call.bodyText}`)
  const said: Thought = nextAnswer(world, call.modelId) ?? think(request, model, random, world.options.eventGapMs)
  const content = (said.content as readonly Block[]).map((block) => signed(block, model))
  if (model.family === 'claude') noteOrigins(content, call, world)
  const counted = { ...countUsage(cached, content, model), ...said.usage }
  return {
    content,
    stopReason: said.stopReason ?? (content.some((block) => block.toolUse !== undefined) ? 'tool_use' : 'end_turn'),
    usage: said.usage?.totalTokens === undefined ? { ...counted, totalTokens: total(counted) } : counted,
    latencyMs: 100 + random.between(0, 900),
    gapMs: said.gapMs ?? 0,
    delayMs: said.delayMs ?? 0,
    ...extras(said, call)
  }
}

const total = (usage: Record<string, unknown>) =>
  ['inputTokens', 'outputTokens', 'cacheReadInputTokens', 'cacheWriteInputTokens'].reduce(
    (sum, key) => sum + Number(usage[key] ?? 0),
    0
  )

function signed(block: Block, model: CatalogModel): Block {
  const reasoning = block.reasoningContent?.reasoningText
  if (reasoning === undefined || model.family !== 'claude') return block
  const signature = reasoning.signature ?? signReasoning(reasoning.text, model.id)
  return { reasoningContent: { reasoningText: { ...reasoning, signature } } }
}

const MOST_ORIGINS = 8

/** The same words may be thought in several conversations; the last ones count. */
function noteOrigins(content: readonly Block[], { model, request }: ModelCall, { reasoning }: World): void {
  const digests = content.flatMap((block) => digestOf(block) ?? [])
  if (digests.length === 0) return
  const origin = { modelId: model.id, prefix: prefixDigest(request, Number.POSITIVE_INFINITY), layout: layoutOf(content) }
  for (const digest of digests) reasoning.set(digest, [origin, ...(reasoning.get(digest) ?? [])].slice(0, MOST_ORIGINS))
}

function extras(said: Thought, { request, streaming }: ModelCall): Partial<Answer> {
  const { trace, chunkSize, output, interleaved } = said
  const performanceConfig = said.performanceConfig ?? request.performanceConfig
  const serviceTier = said.serviceTier ?? request.serviceTier
  const fields = said.additionalModelResponseFields ?? stopField(said, request, streaming)
  return {
    ...(trace === undefined ? {} : { trace }),
    ...(output === undefined ? {} : { output }),
    ...(interleaved === undefined ? {} : { interleaved }),
    ...(chunkSize === undefined ? {} : { chunkSize }),
    ...(performanceConfig === undefined ? {} : { performanceConfig }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ...(fields === undefined ? {} : { additionalModelResponseFields: fields })
  }
}

// The pointer differs by form: the model's own stream nests the matched word one level deeper.
function stopField(said: Thought, request: ConverseRequest, streaming: boolean): unknown {
  const paths = request.additionalModelResponseFieldPaths ?? []
  const matched =
    said.stopReason === 'stop_sequence' ? (said.matchedStop ?? request.inferenceConfig?.stopSequences?.[0] ?? null) : null
  if (!streaming && paths.includes('/stop_sequence')) return { stop_sequence: matched }
  if (streaming && paths.includes('/delta/stop_sequence')) return { delta: { stop_sequence: matched } }
  return undefined
}
