import type { Cancel } from '../../core/cancel.ts'
import type { EventBatch } from '../../core/event.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ChatRequest } from '../../core/request.ts'
import type { Warning } from '../../core/warning.ts'
import { GatewayError } from '../../errors.ts'
import { jsonToBytes } from '../../json-bytes.ts'
import type { ModelTarget } from '../../models/resolve.ts'
import { type TraitRow, traitsFor } from '../../models/traits.ts'
import type { ReasoningMemory } from '../../state/reasoning-memory.ts'
import { createEventDecoder } from '../converse/decode-events.ts'
import { decodeConverseResponse } from '../converse/decode-response.ts'
import { type EncodedConverse, type EncodeInput, encodeConverseRequest } from '../converse/encode-request.ts'
import { isLasting, readOmission } from '../converse/read-omission.ts'
import type { OutputChecker } from '../output-check.ts'
import { readText } from '../transport/http-body.ts'
import { openEvents } from './answer-reader.ts'
import { type AttemptPolicy, attempt, type Candidate } from './attempt.ts'
import { NO_OMISSIONS, type OmissionMemory } from './omission-memory.ts'
import { oneBatch } from './one-batch.ts'

/** A conversation to be continued by the first target that answers. */
export interface ChatRun {
  readonly request: ChatRequest
  readonly targets: readonly [ModelTarget, ...ModelTarget[]]
  /** Ends the call to Bedrock at once. A GatewayError as its reason is what the caller of `chat` gets. */
  readonly signal: Cancel
}

/** An answer that has begun. */
export interface ChatAnswer {
  /** The id that was called. */
  readonly model: string
  readonly region: string
  /** Calls that were made until one was answered. */
  readonly attempts: number
  /** Bedrock's own id of the call. */
  readonly requestId: string | undefined
  readonly warnings: readonly Warning[]
  /** Can be read once. Throws GatewayError when the stream breaks; it is complete only with a `finish` event. */
  readonly events: AsyncIterable<EventBatch>
  /** What was found wrong with the answer itself; known when its events have been read. */
  flaws(): readonly Warning[]
}

/** What a conversation is run with, beside the run itself. */
export interface ConverseTools {
  readonly candidates: (targets: ChatRun['targets']) => readonly Candidate[]
  readonly policy: AttemptPolicy
  readonly omissions: OmissionMemory
  readonly defaults: EncodeInput['defaults']
  readonly traitRows: readonly TraitRow[]
  readonly memory: ReasoningMemory
  readonly checkOutput: OutputChecker
}

/** A whole answer, images included, stays under what one invocation may return. Bytes. */
const MOST_ANSWER_BYTES = 64 * 1024 * 1024
/** Things that are left out for one request before Bedrock's refusal is believed. */
const MOST_OMISSIONS = 4

/**
 * Runs a conversation: encodes it for the target, calls it, and resolves when the first event is there, so that everything that
 * fails before has a status of its own and is tried again elsewhere. Throws GatewayError.
 */
export async function runConverse(run: ChatRun, tools: ConverseTools): Promise<ChatAnswer> {
  const encoder = createEncoder(run.request, tools)
  encoder.encode(run.targets[0], NO_OMISSIONS) // what the caller did wrong is told before anything is called
  const candidates = tools.candidates(run.targets)
  const { value, candidate, attempts } = await attempt(candidates, tools.policy, run.signal, (one) =>
    callOmitting(one, { run, tools, encoder })
  )
  // Only an answer that may call a tool leads to a turn that needs its reasoning back.
  const remembered = run.request.tools.length > 0 ? watched(value.events, tools.memory.watch()) : value.events
  return {
    model: candidate.target.id,
    region: candidate.transport.region,
    attempts: attempts + value.omitted,
    requestId: value.requestId,
    warnings: value.warnings,
    ...withVerdict(remembered, value.outputSchema, tools.checkOutput)
  }
}

interface Began {
  readonly events: AsyncIterable<EventBatch>
  readonly requestId: string | undefined
  readonly warnings: readonly Warning[]
  readonly outputSchema: JsonObject | undefined
  readonly omitted: number
}

interface Call {
  readonly run: ChatRun
  readonly tools: ConverseTools
  readonly encoder: Encoder
}

/** Calls once; when Bedrock refuses one thing that can be left out, calls again without it. What has helped is remembered. */
async function callOmitting(candidate: Candidate, call: Call): Promise<Began> {
  const { encoder, tools } = call
  const { target, transport } = candidate
  let omissions = NO_OMISSIONS
  let lasting = NO_OMISSIONS
  for (;;) {
    const request = encoder.encode(target, omissions)
    const { encoded } = request
    try {
      const began = await callOnce(candidate, call, request)
      if (lasting.size > 0) tools.omissions.learn(target.id, lasting)
      return { ...began, warnings: encoded.warnings, outputSchema: encoded.context.outputSchema, omitted: omissions.size }
    } catch (error) {
      const refused = omissions.size < MOST_OMISSIONS ? refusedThing(error, encoded) : undefined
      if (refused === undefined || omissions.has(refused.name)) throw error
      const { name } = refused
      omissions = new Set([...omissions, name])
      if (refused.lasting) lasting = new Set([...lasting, name])
      tools.policy.observer.omitted?.({ region: transport.region, model: target.id, name })
    }
  }
}

interface Refused {
  readonly name: string
  /** It holds for the model, whoever asks. */
  readonly lasting: boolean
}

function refusedThing(error: unknown, encoded: EncodedConverse): Refused | undefined {
  if (!(error instanceof GatewayError) || error.kind !== 'invalid_request') return undefined
  const name = readOmission(error.message, encoded)
  return name === undefined ? undefined : { name, lasting: isLasting(error.message) }
}

async function callOnce({ transport, target }: Candidate, { run, tools }: Call, { encoded, body }: EncodedCall) {
  const { now, observer } = tools.policy
  const sentAt = now()
  const operation = encoded.streaming ? 'converse-stream' : 'converse'
  const response = await transport.send({ operation, modelId: target.id, body }, run.signal)
  const { requestId } = response
  const events = encoded.streaming
    ? await openEvents({ body: response.body, decoder: createEventDecoder(encoded.context), model: target.id, requestId })
    : oneBatch(decodeWhole(await readText(response.body, MOST_ANSWER_BYTES), encoded))
  observer.firstEvent?.({ region: transport.region, model: target.id, ms: now() - sentAt })
  return { events, requestId }
}

function decodeWhole(text: string, { context }: EncodedConverse): EventBatch {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (cause) {
    throw new GatewayError('upstream_error', 'Bedrock answered with something that is not JSON', { cause })
  }
  return decodeConverseResponse(body, context)
}

type Judged = Pick<ChatAnswer, 'events' | 'flaws'>

/** An answer in a form of the caller's is checked when it is whole; it is given all the same. */
function withVerdict(events: ChatAnswer['events'], schema: JsonObject | undefined, checkOutput: OutputChecker): Judged {
  let found: readonly Warning[] = []
  const flaws = () => found
  if (schema === undefined) return { events, flaws }
  const check = checkOutput(schema)
  async function* judged(): AsyncGenerator<EventBatch> {
    yield* watched(events, check.read)
    found = await check.verdict()
  }
  return { events: judged(), flaws }
}

async function* watched(events: AsyncIterable<EventBatch>, watch: (batch: EventBatch) => void): AsyncGenerator<EventBatch> {
  for await (const batch of events) {
    watch(batch)
    yield batch
  }
}

interface EncodedCall {
  readonly encoded: EncodedConverse
  /** As JSON. */
  readonly body: Uint8Array
}

interface Encoder {
  /** `omissions`: what is left out of this call, beside what is known for the model. */
  encode(target: ModelTarget, omissions: ReadonlySet<string>): EncodedCall
}

/** Encodes once for a target: a retry sends the same bytes. */
function createEncoder(request: ChatRequest, tools: ConverseTools): Encoder {
  let last: { target: ModelTarget; omissions: ReadonlySet<string>; encoded: EncodedConverse; body: Uint8Array } | undefined
  return {
    encode(target, omissions) {
      const learnt = tools.omissions.of(target.id)
      const all = omissions.size === 0 ? learnt : new Set([...learnt, ...omissions])
      // Names are only ever added while a request runs, or forgotten all at once.
      if (last?.target !== target || last.omissions.size !== all.size) {
        const encoded = encodeConverseRequest({
          request,
          target,
          traits: traitsFor(target.baseId, tools.traitRows),
          stream: request.stream,
          defaults: tools.defaults,
          omissions: all,
          recall: tools.memory.recall
        })
        last = { target, omissions: all, encoded, body: jsonToBytes(encoded.body) }
      }
      return last
    }
  }
}
