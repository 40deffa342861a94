import { beginningOf } from '../../core/beginning.ts'
import type { Cancel } from '../../core/cancel.ts'
import type { EventBatch } from '../../core/event.ts'
import { heavyWork } from '../../core/heavy-work.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ChatRequest } from '../../core/request.ts'
import type { Warning } from '../../core/warning.ts'
import { heavyJsonToBytes, jsonToBytes } from '../../json-bytes.ts'
import type { ModelTarget } from '../../models/model-target.ts'
import { type TraitRow, type Traits, traitsOfTarget } from '../../models/traits.ts'
import type { CacheLedger, CacheSession, PromptPlaces } from '../../state/cache-ledger.ts'
import type { PrefixHistory } from '../../state/prefix-history.ts'
import type { ReasoningMemory } from '../../state/reasoning-memory.ts'
import type { ChatCodec, EncodedChat } from '../codec/chat-codec.ts'
import { type EncodeInput, kindOfOmission, NO_OMISSIONS, type Omission } from '../prepare/encode-scope.ts'
import { promptPartsOf } from '../prepare/prompt-digest.ts'
import type { OutputChecker } from '../schema/output-check.ts'
import { refuseLargeSchemas } from '../schema/schema-size.ts'
import { readText } from '../transport/http-body.ts'
import { type Admissions, reservedFor, settling } from './admissions.ts'
import { openEvents } from './answer-reader.ts'
import { type Attempted, type AttemptPolicy, attempt } from './attempt.ts'
import { keptMs } from './cache-points.ts'
import { callOmitting } from './call-omitting.ts'
import type { Candidate, FindCandidates, Placing } from './candidate.ts'
import { codecFor } from './codec-for.ts'
import type { OmissionMemory } from './omission-memory.ts'
import { oneBatch } from './one-batch.ts'
import { type EventWatcher, watchEvents } from './watched-events.ts'

/** A conversation to be continued by the first target that answers. */
export interface ChatRun {
  readonly request: ChatRequest
  /** The name of the caller's key, empty where none is asked for: whatever is remembered of this run is remembered for it alone. */
  readonly owner: string
  readonly targets: readonly [ModelTarget, ...ModelTarget[]]
  /** Ends the call to Bedrock at once. A GatewayError as its reason is what the caller of `chat` gets. */
  readonly signal: Cancel
  /** The caller wants to know where the conversation leaves the prefix of its turn before. */
  readonly watchesPrefix?: boolean
  /** What is made of the request is heavy work. */
  readonly isHeavy?: boolean
  /** The same object for all runs of one request to the same targets: what is sent is made once for all of them. */
  readonly siblings?: Siblings
  /** Tokens that an answer of a model, by the id that is called, will hardly exceed; absent, or undefined: not known. */
  readonly fit?: (model: string) => number | undefined
  /** It mends an answer that such a limit has cut, and has been paid for once: it goes before others, and waits until there is room. */
  readonly isRepair?: boolean
}

/** What runs of one request share. */
export interface Siblings {
  encoder?: Encoder
}

/** An answer that has begun. */
export interface ChatAnswer {
  /** The id that was called. */
  readonly model: string
  readonly region: string
  /** The operator's pool that answered, where there are some. */
  readonly pool?: string
  /** Calls that were made until one was answered. */
  readonly attempts: number
  /** Bedrock's own id of the call. */
  readonly requestId: string | undefined
  readonly warnings: readonly Warning[]
  /** Where the prompt first differs from that of the turn before, which is why the cache misses; a path, as `system[0]`. */
  readonly cacheMiss?: string
  /** The limit it was asked with, tokens, where that is `ChatRun.fit`'s and less than the usual one or the caller's. */
  readonly fitted?: number
  /** Can be read once. Throws GatewayError when the stream breaks; it is complete only with a `finish` event. */
  readonly events: AsyncIterable<EventBatch>
  /** What was found wrong with the answer itself; known when its events have been read. */
  flaws(): readonly Warning[]
}

/** What tells where a conversation belongs: whose it is, and how it begins; and how long what is sent keeps it there. */
export function placing({ owner, request }: Pick<ChatRun, 'owner' | 'request'>, sent: JsonObject): Placing {
  return { owner, beginning: () => beginningOf(request), keptMs: () => keptMs(sent) }
}

/** What a conversation is run with, beside the run itself. */
export interface ChatTools {
  readonly candidates: FindCandidates
  readonly policy: AttemptPolicy
  readonly omissions: OmissionMemory
  readonly defaults: EncodeInput['defaults']
  readonly traitRows: readonly TraitRow[]
  readonly memory: ReasoningMemory
  /** What is left of the account's quotas; absent: nobody counts. */
  readonly admissions?: Admissions
  readonly prefixes: PrefixHistory
  /** Where cache points pay; absent: nobody plans them. */
  readonly cacheLedger?: CacheLedger
  /** Every prompt is remembered, and not only those with cache points. */
  readonly watchesPrefixes: boolean
  readonly checkOutput: OutputChecker
}

/** A whole answer, images included, stays under what one invocation may return. Bytes. */
const MOST_ANSWER_BYTES = 64 * 1024 * 1024

/**
 * Runs a conversation: encodes it for the target, calls it, and resolves when the first event is there, so that everything that
 * fails before has a status of its own and is tried again elsewhere. Throws GatewayError.
 */
export async function runChat(run: ChatRun, tools: ChatTools): Promise<ChatAnswer> {
  const encoder = encoderOf(run, tools)
  const encoding = encoder.encode(run.targets[0], NO_OMISSIONS)
  const first = encoding instanceof Promise ? await encoding : encoding // what the caller did wrong is told before anything is called
  const missed = missOf(run, tools, first)
  const cacheMiss = missed instanceof Promise ? await missed : missed
  const candidates = tools.candidates(run.targets, placing(run, first.encoded.body))
  const call = { run, tools, encoder, queueUntil: tools.admissions?.deadline(run.isRepair) ?? 0 }
  const { value, candidate, attempts } = await attemptAll(candidates, call)
  const session = encoder.session()
  let { events } = value
  if (session?.hasPoints() === true) events = watchEvents(events, bookingCache(session, candidate.target.id))
  // Only an answer that may call a tool leads to a turn that needs its reasoning back.
  if (run.request.tools.length > 0)
    events = watchEvents(events, { see: tools.memory.watch({ owner: run.owner, model: candidate.target.baseId }) })
  return {
    model: candidate.target.id,
    region: candidate.transport.region,
    ...(candidate.pool === undefined ? {} : { pool: candidate.pool }),
    attempts: attempts + value.again,
    requestId: value.requestId,
    warnings: value.warnings,
    ...(cacheMiss === undefined ? {} : { cacheMiss }),
    ...(value.fitted === undefined ? {} : { fitted: value.fitted }),
    ...withVerdict(events, value.outputSchema, tools.checkOutput)
  }
}

async function attemptAll(candidates: readonly Candidate[], call: Call): Promise<Attempted<Began>> {
  const { run, tools, encoder } = call
  try {
    return await attempt(candidates, policyFor(run, tools), run.signal, (one) => callCandidate(one, call))
  } catch (error) {
    encoder.session()?.settle('', undefined)
    throw error
  }
}

type Miss = string | undefined

function missOf(
  run: ChatRun,
  { prefixes, watchesPrefixes, traitRows }: ChatTools,
  { encoded }: EncodedCall
): Miss | Promise<Miss> {
  const [target] = run.targets
  const isWatched = watchesPrefixes && encoded.isShort !== true && mayCache(traitsOfTarget(target, traitRows))
  if (!(isWatched || run.watchesPrefix === true || encoded.hasCachePoints === true)) return undefined
  const note = () => prefixes.note(run.owner, promptPartsOf(target.id, encoded.body, encoded.digest))
  return run.isHeavy === true ? heavyWork.turn(note) : note()
}

/** Whether a model keeps anything of a prompt: at points, or by itself as those behind OpenAI's surfaces do. */
function mayCache({ cache, surface }: Traits): boolean {
  return cache.length > 0 || surface !== 'converse'
}

interface Began {
  readonly events: AsyncIterable<EventBatch>
  readonly requestId: string | undefined
  readonly warnings: readonly Warning[]
  readonly outputSchema: JsonObject | undefined
  readonly fitted: number | undefined
  /** Calls beyond the first, without something that was refused. */
  readonly again: number
}

/** A call that was taken. */
interface Called extends Pick<Began, 'events' | 'requestId'> {
  readonly encoded: EncodedChat
}

interface Call {
  readonly run: ChatRun
  readonly tools: ChatTools
  readonly encoder: Encoder
  /** No call of it waits for room longer, on the clock of the admissions. */
  readonly queueUntil: number
}

/** Where a ledger spaces the calls of a repair they are bounded by time alone. */
function policyFor({ isRepair = false }: ChatRun, { policy, admissions }: ChatTools): AttemptPolicy {
  return isRepair && admissions !== undefined ? { ...policy, isPatient: true } : policy
}

/** Calls a candidate, again without what Bedrock refuses where the request can do without. */
async function callCandidate(candidate: Candidate, call: Call): Promise<Began> {
  const { encoder, tools, run } = call
  const { target, transport } = candidate
  let sent: EncodedCall | undefined
  const omitting = {
    taught: { owner: run.owner, model: target.id },
    async send(omissions: ReadonlySet<Omission>) {
      sent = undefined
      const encoding = encoder.encode(target, omissions)
      const request = encoding instanceof Promise ? await encoding : encoding
      sent = request
      return await callOnce(candidate, call, request)
    },
    read(error: unknown, _omissions: ReadonlySet<Omission>, tried: ReadonlySet<string>) {
      return sent?.codec.readOmission(error, sent.encoded, tried)
    },
    omitted(names: readonly Omission[]) {
      const { observer } = tools.policy
      for (const name of names) observer.omitted?.({ region: transport.region, model: target.id, name: kindOfOmission(name) })
    }
  }
  const { value, again } = await callOmitting(omitting, tools.omissions)
  const { events, requestId, encoded } = value
  return { events, requestId, warnings: encoded.warnings, outputSchema: encoded.outputSchema, fitted: encoded.fitted, again }
}

/** Calls as soon as its pool of quota has room, and tells the ledger what came of it. Throws Held, and what Bedrock refuses it with. */
async function callOnce(
  candidate: Candidate,
  { run, tools, queueUntil }: Call,
  { codec, encoded, body }: EncodedCall
): Promise<Called> {
  const { transport, target } = candidate
  const { admissions, policy } = tools
  const entered = admissions?.enter(candidate, run, reservedFor(run.request, encoded.body), queueUntil)
  const ticket = entered instanceof Promise ? await entered : entered
  try {
    const sentAt = policy.now()
    const { streaming, headers } = encoded
    const call = { ...codec.call(encoded, target), model: target.id, streams: streaming, body }
    const response = await transport.send(headers === undefined ? call : { ...call, headers }, run.signal)
    const { requestId } = response
    const events = streaming
      ? await openEvents({
          body: response.body,
          framing: codec.framing,
          decoder: codec.decoder(encoded),
          model: target.id,
          requestId
        })
      : oneBatch(codec.decodeWhole(await readText(response.body, MOST_ANSWER_BYTES), encoded))
    policy.observer.firstEvent?.({ region: transport.region, model: target.id, ms: policy.now() - sentAt })
    if (ticket === undefined) return { events, requestId, encoded }
    ticket.taken()
    return { events: settling(events, ticket, target, run.signal), requestId, encoded }
  } catch (error) {
    if (ticket !== undefined) admissions?.failed(ticket, error)
    throw error
  }
}

type Judged = Pick<ChatAnswer, 'events' | 'flaws'>

/** An answer in a form of the caller's is checked when it is whole; it is given all the same. */
function withVerdict(events: ChatAnswer['events'], schema: JsonObject | undefined, checkOutput: OutputChecker): Judged {
  let found: readonly Warning[] = []
  const flaws = () => found
  if (schema === undefined) return { events, flaws }
  const check = checkOutput(schema)
  async function* judged(): AsyncGenerator<EventBatch> {
    yield* watchEvents(events, { see: check.read })
    found = await check.verdict()
  }
  return { events: judged(), flaws }
}

/** Tells the ledger what was read from and written to the cache; an answer that ends without telling has told nothing. */
function bookingCache(session: CacheSession, model: string): EventWatcher {
  return {
    see(batch) {
      const last = batch[batch.length - 1] // nothing follows the token counts
      if (last?.type !== 'usage') return
      const { cacheReadTokens, cacheWriteTokens, cacheWriteHourTokens = 0 } = last.usage
      session.settle(model, { read: cacheReadTokens, written: cacheWriteTokens, writtenForHour: cacheWriteHourTokens })
    },
    over: () => session.settle(model, undefined)
  }
}

export interface EncodedCall {
  readonly codec: ChatCodec
  readonly encoded: EncodedChat
  /** As JSON. */
  readonly body: Uint8Array
}

export interface Encoder {
  /** Of the cache points of the gateway's own; undefined: none were planned. */
  session(): CacheSession | undefined
  /** `omissions`: what is left out of this call, beside what is known for the model. */
  encode(target: ModelTarget, omissions: ReadonlySet<Omission>): EncodedCall | Promise<EncodedCall>
}

function encoderOf(run: ChatRun, tools: ChatTools): Encoder {
  const made = run.siblings?.encoder ?? createEncoder(run, tools)
  if (run.siblings !== undefined) run.siblings.encoder = made
  return made
}

/** Encodes once for a target: a retry sends the same bytes. */
export function createEncoder({ request, owner, isHeavy = false, fit }: ChatRun, tools: ChatTools, isLook = false): Encoder {
  const { cacheLedger } = tools
  let session: CacheSession | undefined
  let last: Made | undefined

  /** A prompt that is too short for points has no session. */
  const planCache =
    cacheLedger &&
    ((model: string, places: PromptPlaces) => {
      if (session === undefined) session = cacheLedger.session(owner, isLook)
      return session.plan(model, places)
    })

  function inWords(target: ModelTarget, omissions: ReadonlySet<Omission>): Pick<EncodedCall, 'codec' | 'encoded'> {
    const traits = traitsOfTarget(target, tools.traitRows)
    const codec = codecFor(request, traits)
    const fitted = fit?.(target.id)
    const encoded = codec.encode({
      request,
      target,
      traits,
      stream: request.stream,
      defaults: tools.defaults,
      ...(fitted === undefined ? {} : { fitted }),
      omissions,
      planCache,
      recall: (id) => tools.memory.recall({ owner, model: target.baseId }, id)
    })
    return { codec, encoded }
  }

  /** In pieces, so that others are served meanwhile. */
  async function heavily(target: ModelTarget, omissions: ReadonlySet<Omission>): Promise<EncodedCall> {
    await heavyWork.turn(() => refuseLargeSchemas(request))
    const words = await heavyWork.turn(() => inWords(target, omissions))
    return { ...words, body: await heavyJsonToBytes(words.encoded.body) }
  }

  return {
    session: () => session,
    encode(target, omissions) {
      const learnt = tools.omissions.of({ owner, model: target.id })
      const all = omissions.size === 0 ? learnt : new Set([...learnt, ...omissions])
      if (last?.target === target && isSame(last.omissions, all)) return last.call
      if (isHeavy) {
        last = { target, omissions: all, call: heavily(target, all) }
        return last.call
      }
      const words = inWords(target, all)
      last = { target, omissions: all, call: { ...words, body: jsonToBytes(words.encoded.body) } }
      return last.call
    }
  }
}

interface Made {
  readonly target: ModelTarget
  readonly omissions: ReadonlySet<Omission>
  readonly call: EncodedCall | Promise<EncodedCall>
}

function isSame(some: ReadonlySet<Omission>, others: ReadonlySet<Omission>): boolean {
  if (some === others) return true
  if (some.size !== others.size) return false
  for (const one of some) if (!others.has(one)) return false
  return true
}
