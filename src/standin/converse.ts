import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Answer } from './answer.ts'
import { billLine, type Processed } from './bill.ts'
import type { CatalogModel } from './catalog.ts'
import { converseEvents, type StreamEvent } from './converse-events.ts'
import type { ConverseRequest } from './converse-request.ts'
import { CONVERSE_SHAPE, CONVERSE_STREAM_SHAPE } from './converse-shape.ts'
import type { Exchange } from './exchange.ts'
import { bigText, endlessEvents, withDamage, withException, withStrangers } from './fault-steps.ts'
import { type Fault, type FrameFault, findFault } from './faults.ts'
import { eventFrame } from './frames.ts'
import { cut, type Step } from './framing.ts'
import { type ModelCall, makeAnswer } from './make-answer.ts'
import { parseBody } from './parse-body.ts'
import { type Place, placeOf } from './place.ts'
import { producedText, tallied } from './produced.ts'
import type { Cached } from './prompt-cache.ts'
import type { Charge } from './quotas.ts'
import { makeRandom, type Random } from './random.ts'
import { Refusal } from './refusal.ts'
import { resolveModel } from './resolve.ts'
import { checkCachingAllowed } from './rules-cache.ts'
import { checkConversation } from './rules-conversation.ts'
import { checkMedia } from './rules-media.ts'
import { checkModel, checkSearchRegion } from './rules-model.ts'
import { checkThinking } from './rules-thinking.ts'
import { countTokens } from './tokens.ts'
import { damagedUsage, withoutUsage } from './usage.ts'
import { wireJson } from './wire-json.ts'
import { computingRegion, isImplicitlyCached, nextFault, type World } from './world.ts'

const BREATH_MS = 25
const DRIBBLE_PAUSE = 8

export const EVENT_STREAM = 'application/vnd.amazon.eventstream'

/** How an answer is written: the words of one API. */
export interface Voice {
  /** Of a streamed answer. */
  readonly contentType: string
  events(answer: Answer, call: ModelCall, random: Random): Iterable<StreamEvent>
  frame(event: StreamEvent): Uint8Array
  /** How it breaks off in the middle; absent: by a frame of AWS's event stream. */
  broken?(fault: FrameFault): Uint8Array
  whole(answer: Answer, call: ModelCall, shape: Answer['output']): Readonly<Record<string, unknown>>
  headers(answer: Answer): Record<string, string>
}

const CONVERSE: Voice = {
  contentType: EVENT_STREAM,
  events: (answer, call, random) => converseEvents(answer, call.model.family, random),
  frame: ({ type, payload }) => eventFrame(type, wireJson(payload)),
  whole: wholeAnswer,
  headers: () => ({})
}

/** Answers Converse or ConverseStream: checks the request, then speaks. */
export function converse(exchange: Exchange, world: World, facts: { modelId: string; streaming: boolean }): Promise<void> {
  return speak(exchange, world, admit(exchange, world, facts), CONVERSE)
}

/** Asks the quota, meets the fault if one waits, then answers a call that was found good. */
export async function speak(exchange: Exchange, world: World, call: ModelCall, voice: Voice): Promise<void> {
  const name = nextFault(world, call.modelId)
  const fault = name === undefined ? undefined : findFault(name)
  if (fault?.kind === 'cache') world.cache.drop()
  const place = placeOf(exchange)
  const cached = world.cache.look({
    request: call.request,
    model: call.model,
    place: { ...place, region: computingRegion(world, call.modelId, place.region) },
    isImplicit: isImplicitlyCached(world, call.modelId, call.model.family)
  })
  const isMantle = exchange.target.startsWith('/mantle')
  const charge = enterQuota(world, call, {
    place,
    cached,
    isMantle,
    capacity: fault?.kind === 'bucket' ? fault.capacity : undefined
  })
  try {
    if (fault?.kind === 'http') return sendFault(exchange, fault)
    if (fault?.kind === 'frame' && !call.streaming) throw new Refusal(fault.exception, fault.message, fault.fields)
    const made = reshape(makeAnswer(call, world, cached), fault)
    const { answer, ending } = withinOutput(tiered(made, call, charge), charge)
    if (ending !== undefined && !call.streaming) throw new Refusal(ending.exception, ending.message, ending.fields)
    const run: Run = { call, answer, fault: ending ?? fault, voice, tally: { text: '' } }
    await exchange.wait(answer.delayMs)
    if (fault?.kind !== 'frame' || fault.at !== 'first') cached.begun()
    const isWhole = call.streaming ? await sendStream(exchange, world, run) : await sendWhole(exchange, world, run)
    // A failure of the service's own before it has said a word is nobody's to pay.
    if (!isWhole && run.tally.text === '' && isServiceFault(run.fault)) return
    const sold = processed(run, isWhole, { place, isMantle, at: world.clock.now() })
    world.bill.push(billLine(sold))
    if (fault?.kind !== 'bucket') charge.settle(sold.usage)
  } finally {
    if (fault?.kind !== 'bucket') charge.release()
  }
}

/** What a call takes of its quota. The tokens are those of its script where one waits. */
function enterQuota(
  world: World,
  { modelId, model, request }: ModelCall,
  {
    place,
    cached,
    isMantle,
    capacity
  }: { readonly place: Place; readonly cached: Cached; readonly isMantle: boolean; readonly capacity: number | undefined }
): Charge {
  // The fault's small bucket is a quota like any other, of which nothing comes back.
  if (capacity !== undefined && world.quotas.counters(`od:${model.id}`, place).invocations === 0)
    world.quotas.set(`od:${model.id}`, { mode: 'sliding', tokensPerMinute: capacity }, {})
  const scripted = world.answers.get(modelId)?.[0]?.usage ?? {}
  const told = (name: string, counted: number) => Number(scripted[name] ?? counted)
  const { maxTokens } = request.inferenceConfig ?? {}
  const tier = (request.serviceTier as { type?: string } | undefined)?.type
  return world.quotas.enter({
    place,
    modelId,
    model,
    isMantle,
    tier,
    inputTokens: told('inputTokens', cached.all - cached.read - cached.write),
    cacheReadTokens: told('cacheReadInputTokens', cached.read),
    cacheWriteTokens: told('cacheWriteInputTokens', cached.write),
    ...(maxTokens === undefined ? {} : { maxTokens })
  })
}

/** Reserved capacity that was used up is served, and told, as the default tier. */
function tiered(answer: Answer, { request }: ModelCall, { isReserved, isLimited }: Charge): Answer {
  const asked = (request.serviceTier as { type?: string } | undefined)?.type
  return asked === 'reserved' && isLimited && !isReserved ? { ...answer, serviceTier: { type: 'default' } } : answer
}

const CHARACTERS_OF_TOKEN = 4
const OUTPUT_USED_UP: FrameFault = {
  kind: 'frame',
  at: 'middle',
  exception: 'ThrottlingException',
  frame: 'throttlingException',
  message: 'tpm (OutputTokens)',
  fields: { type: 'rate_limit_error' }
}

/** On mantle an answer ends where the quota of output does: as if it had reached its limit, or with an error. */
function withinOutput(answer: Answer, charge: Charge): { readonly answer: Answer; readonly ending?: FrameFault } {
  const outputTokens = Number(answer.usage.outputTokens)
  const granted = charge.produce(outputTokens)
  if (granted >= outputTokens) return { answer }
  if (charge.outputEnd === 'error') return { answer, ending: OUTPUT_USED_UP }
  const text = answer.content.map((block) => block.text ?? '').join('')
  const usage = { ...answer.usage, outputTokens: granted, totalTokens: Number(answer.usage.totalTokens) - outputTokens + granted }
  const content = [{ text: text.slice(0, granted * CHARACTERS_OF_TOKEN) }]
  return { answer: { ...answer, content, stopReason: 'max_tokens', usage } }
}

function isServiceFault(fault: Fault | undefined): boolean {
  return fault?.kind === 'frame' || fault?.kind === 'wire'
}

/** What is paid for a call: all of it when it is whole, else its prompt and what was produced. */
function processed(
  { call, answer, tally }: Run,
  isWhole: boolean,
  { place, isMantle, at }: { readonly place: Place; readonly isMantle: boolean; readonly at: number }
): Processed {
  const { serviceTier, performanceConfig, trace } = answer as {
    serviceTier?: { type?: string }
    performanceConfig?: { latency?: string }
    trace?: unknown
  }
  return {
    at,
    ...place,
    modelId: call.modelId,
    base: call.model.id,
    usage: isWhole ? answer.usage : { ...answer.usage, outputTokens: countTokens(tally.text) },
    ...(serviceTier?.type === undefined ? {} : { tier: serviceTier.type }),
    isFast: performanceConfig?.latency === 'optimized',
    isMantle,
    ...(isWhole ? { trace } : {}),
    isCut: !isWhole
  }
}

function admit(exchange: Exchange, world: World, { modelId, streaming }: { modelId: string; streaming: boolean }): ModelCall {
  const body = parseBody(exchange.body)
  const shape = streaming ? CONVERSE_STREAM_SHAPE : CONVERSE_SHAPE
  shape(body, '')
  const model = resolveModel(modelId)
  const request = body as ConverseRequest
  checkRequest(request, model, { streaming, world })
  checkCachingAllowed(request, world.uncached.get(modelId))
  checkSearchRegion(request, placeOf(exchange).region)
  return { modelId, model, request, streaming, bodyText: exchange.body.toString('utf8') }
}

function checkRequest(request: ConverseRequest, model: CatalogModel, facts: { streaming: boolean; world: World }): void {
  checkModel(request, model, facts.streaming)
  checkConversation(request, model)
  checkMedia(request, model)
  checkThinking(request, model, facts.world.reasoning)
}

function sendFault(exchange: Exchange, fault: Extract<Fault, { kind: 'http' }>): void {
  if (fault.exception !== undefined) {
    const refusal = new Refusal(fault.exception, fault.message, fault.fields)
    return sendRefusal(exchange, refusal, fault.headers)
  }
  exchange.sendJson(fault.status ?? 500, fault.raw ?? '', { ...fault.headers })
}

/** Writes a refusal as the REST services do: the name in a header, the sentence in the body. */
export function sendRefusal(exchange: Exchange, refusal: Refusal, headers: Readonly<Record<string, string>> = {}): void {
  const errorType = `${refusal.exception}:http://internal.amazon.com/coral/com.amazon.bedrock/`
  exchange.sendJson(refusal.status, wireJson({ message: refusal.message, ...refusal.fields }), {
    'x-amzn-errortype': errorType,
    ...headers
  })
}

function reshape(answer: Answer, fault: Fault | undefined): Answer {
  const text = fault?.kind === 'shape' ? bigText(fault.shape) : undefined
  return text === undefined ? answer : { ...answer, content: [{ text }], chunkSize: text.length }
}

/** Tells whether the answer went out whole, to a client that was still there. */
async function sendWhole(exchange: Exchange, world: World, { call, answer, fault, voice }: Run): Promise<boolean> {
  const strange =
    world.options.chaos || (fault?.kind === 'shape' && fault.shape === 'unknown-fields') ? { zzUnknown: { deep: [1] } } : {}
  const isAbsent = answer.output === 'absent' || (fault?.kind === 'shape' && fault.shape === 'no-output')
  const told = toldOf(answer, fault)
  const whole = voice.whole(told, call, isAbsent ? 'absent' : answer.output)
  const text = wireJson({ ...(tellsNothing(fault) ? withoutUsage(whole) : whole), ...strange })
  if (fault?.kind === 'wire') {
    await sendDamaged(exchange, world, { text, damage: fault.damage })
    return fault.damage === 'slow-first-event' && !exchange.left.aborted
  }
  const isThere = !exchange.left.aborted
  exchange.sendJson(200, text, voice.headers(told))
  return isThere
}

function wholeAnswer(answer: Answer, _call: ModelCall, shape: Answer['output']): Readonly<Record<string, unknown>> {
  const { content, latencyMs, stopReason, usage, output: _shape, ...rest } = answer
  const { chunkSize: _size, interleaved: _turns, gapMs: _gap, delayMs: _delay, ...extras } = rest
  const message = shape === 'empty' ? {} : { message: { content, role: 'assistant' } }
  const output = shape === 'absent' ? undefined : message
  return { metrics: { latencyMs }, output, stopReason, usage, ...extras }
}

// A whole body has no frames to damage: half of it comes, then what the fault says.
async function sendDamaged(exchange: Exchange, world: World, { text, damage }: { text: string; damage: string }): Promise<void> {
  if (damage === 'slow-first-event') {
    await exchange.wait(world.options.hangMs)
    return exchange.sendJson(200, text)
  }
  if (damage.endsWith('before-headers')) {
    if (damage.startsWith('hang')) await exchange.wait(world.options.hangMs)
    return exchange.reset()
  }
  exchange.openStream({ 'content-type': 'application/json', 'content-length': `${Buffer.byteLength(text)}` })
  const half = damage.endsWith('after-headers') ? '' : text.slice(0, Math.floor(text.length / 2))
  await exchange.write(Buffer.from(half))
  await exchange.wait(damage.startsWith('hang') ? world.options.hangMs : BREATH_MS)
  exchange.reset()
}

interface Run {
  readonly call: ModelCall
  readonly answer: Answer
  readonly fault: Fault | undefined
  readonly voice: Voice
  /** What of a stream has been produced. */
  readonly tally: { text: string }
}

/** Tells whether the answer went out whole, to a client that was still there. */
async function sendStream(exchange: Exchange, world: World, run: Run): Promise<boolean> {
  const key = `${run.call.modelId}\n${run.call.bodyText}`
  const random = makeRandom(world.options.seed, `stream\n${key}`)
  // By a chance of its own: what a long answer says does not hang on how its bytes are cut while it is still written.
  const cuts = makeRandom(world.options.seed, `cuts\n${key}`)
  const steps = faultySteps(frameSteps(eventsOf(run, world, random), run), run)
  const damage = run.fault?.kind === 'wire' ? run.fault.damage : ''
  if (!damage.endsWith('before-headers')) exchange.openStream({ 'content-type': run.voice.contentType })
  if (damage === 'slow-first-event') await exchange.wait(world.options.hangMs)
  const isPlayed = await play(exchange, world, cut(tallied(steps, run.tally), world.options.framing, cuts))
  return isPlayed && (run.fault === undefined || HARMLESS.has(run.fault.kind) || damage === 'slow-first-event')
}

/** Faults whose answers come whole. */
const HARMLESS: ReadonlySet<Fault['kind']> = new Set(['shape', 'bucket', 'usage', 'cache'])

const tellsNothing = (fault: Fault | undefined) => fault?.kind === 'usage' && fault.usage === 'no-usage'

/** The answer with what it tells of its usage, which may be less or other than what is billed. */
const toldOf = (answer: Answer, fault: Fault | undefined): Answer =>
  fault?.kind === 'usage' ? { ...answer, usage: damagedUsage(answer.usage, fault.usage) } : answer

function eventsOf({ call, answer, fault, voice }: Run, world: World, random: Random): Iterable<StreamEvent> {
  const shape = fault?.kind === 'shape' ? fault.shape : undefined
  if (shape === 'stream-200m') return endlessEvents()
  if (shape === 'no-output') return []
  const events = voice.events(toldOf(answer, fault), call, random)
  if (tellsNothing(fault)) return silent(events)
  if (shape === 'unknown-event' || shape === 'unknown-fields') return withStrangers(events, shape)
  return world.options.chaos ? withStrangers(withStrangers(events, 'unknown-fields'), 'unknown-event') : events
}

/** A stream that ends without its counts. */
function* silent(events: Iterable<StreamEvent>): Generator<StreamEvent> {
  for (const { type, payload } of events) if (type !== 'metadata') yield { type, payload: withoutUsage(payload) }
}

function* frameSteps(events: Iterable<StreamEvent>, { answer, voice }: Run): Generator<Step> {
  for (const event of events) {
    yield { do: 'write', bytes: voice.frame(event), text: producedText(event.payload) }
    if (answer.gapMs > 0) yield { do: 'wait', ms: answer.gapMs }
  }
}

function faultySteps(steps: Iterable<Step>, { fault, voice }: Run): Iterable<Step> {
  if (fault?.kind === 'frame') return withException(steps, fault, voice.broken?.(fault))
  return fault?.kind === 'wire' ? withDamage(steps, fault) : steps
}

/** Tells whether all was said before the client left. */
async function play(exchange: Exchange, world: World, steps: Iterable<Step>): Promise<boolean> {
  const dribbles = world.options.framing === 'byte' || world.options.framing === 'random'
  let writes = 0
  for (const step of steps) {
    if (exchange.left.aborted) return false
    if (step.do === 'write') await exchange.write(step.bytes)
    // Every write is a chunk of its own on the wire already; a pause for each one would only cost time.
    if (step.do === 'write' && dribbles && ++writes % DRIBBLE_PAUSE === 0) await nextTurn()
    if (step.do === 'wait') await exchange.wait(step.ms)
    if (step.do === 'hang') await exchange.wait(world.options.hangMs)
    if (step.do === 'hang' || step.do === 'reset') {
      exchange.reset()
      return false
    }
  }
  const isThere = !exchange.left.aborted
  exchange.end()
  return isThere
}
