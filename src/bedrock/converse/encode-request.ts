import { isEmpty, type Json } from '../../core/json.ts'
import type { Mutable } from '../../core/mutable.ts'
import { stableHash } from '../../core/stable-hash.ts'
import type { Block, Turn } from '../../core/turn.ts'
import { GatewayError } from '../../errors.ts'
import type { AnswerContext } from '../answer/answer-context.ts'
import type { EncodedChat } from '../codec/chat-codec.ts'
import { arrangeTurns } from '../prepare/arrange-turns.ts'
import { type CallableTool, callableTools, pastTools } from '../prepare/callable-tools.ts'
import { beginEncoding, type EncodeInput, type EncodeScope, isOmitted } from '../prepare/encode-scope.ts'
import { reasoningMark } from '../prepare/reasoning-blocks.ts'
import { createToolIds, type ToolIds } from '../prepare/tool-ids.ts'
import { createToolNames, type ToolNames } from '../prepare/tool-names.ts'
import { createPropertyNames, type PropertyNames } from '../schema/property-names.ts'
import { encodeAdditionalFields, encodeResponseFieldPaths } from './additional-fields.ts'
import { placeCachePoints } from './cache-points.ts'
import { encodeMessages } from './encode-messages.ts'
import { outputContext, planOutput } from './encode-output.ts'
import { planReasoning } from './encode-reasoning.ts'
import { encodeSampling } from './encode-sampling.ts'
import { encodeSettings } from './encode-settings.ts'
import { planTools, type ToolPlan } from './encode-tools.ts'
import { type OwnTools, planOwnTools } from './own-tools.ts'
import type { OutputPlan } from './plans.ts'

export type { AnswerContext } from '../answer/answer-context.ts'
export type { EncodeInput } from '../prepare/encode-scope.ts'

/** A request as Converse takes it, and what is needed to read its answer. */
export interface EncodedConverse extends EncodedChat {
  readonly context: AnswerContext
  /** The body holds native fields or beta flags of the caller's own choice. */
  readonly hasOwnFields: boolean
  /** Native fields that can be left out where the model refuses them. */
  readonly looseFields?: ReadonlySet<string>
  /** What only Claude's own body has of tools, in the form that the model takes; under the caller's names. */
  readonly ownTools?: OwnTools
}

/**
 * Says a conversation in Bedrock's words, by what the model takes. What cannot be carried becomes a warning;
 * what would change the answer's meaning is refused with a 4xx that names the field.
 */
export function encodeConverseRequest(input: EncodeInput): EncodedConverse {
  const { encoding, warnings } = beginEncoding(input)
  const { request } = encoding
  if (request.turns.length === 0) {
    throw new GatewayError('invalid_value', 'the conversation needs at least one user message', { field: 'turns' })
  }
  const ids = createToolIds(encoding.traits.toolIds)
  const names = createToolNames()
  const properties = createPropertyNames(encoding.traits.anyPropertyName)
  const callable = callableTools(encoding)
  const past = pastTools(encoding, callable)
  for (const tool of [...callable, ...past]) names.toBedrock(tool.name)
  const said = past.length === 0 ? request.turns : withoutCalls(request.turns)
  const turns = arrangeTurns(encoding, said, callable.length + past.length > 0 ? ids : undefined)
  const reasoning = planReasoning(encoding, turns, callable.length > 0)
  const ownTools = encoding.isNative === true ? planOwnTools(encoding, properties) : undefined
  const output = planOutput(encoding, { names, properties, callable, past, reasoning: reasoning.active })
  const tools = planTools(encoding, { names, properties, callable, past, output, reasoning: reasoning.active })
  const streaming = encoding.stream && canStream(encoding, tools)
  const conversation = encodeMessages(encoding, turns, {
    names,
    properties,
    instructions: [...tools.instructions, ...output.instructions],
    reasoning: reasoning.active
  })
  const cached = placeCachePoints(encoding, { ...conversation, tools: tools.tools })
  const sampling = encodeSampling(encoding, reasoning)
  const body: Record<string, Json> = { messages: cached.messages }
  if (cached.system.length > 0) body.system = cached.system
  if (!isEmpty(sampling.inferenceConfig)) body.inferenceConfig = sampling.inferenceConfig
  if (cached.tools.length > 0) body.toolConfig = { tools: cached.tools, ...tools.choice }
  const additional = encodeAdditionalFields(encoding, { reasoning, sampling, tools })
  if (!isEmpty(additional)) body.additionalModelRequestFields = additional
  const paths = encodeResponseFieldPaths(encoding, { streaming, stops: sampling.stops, reasoning: reasoning.active })
  if (paths.length > 0) body.additionalModelResponseFieldPaths = paths
  encodeSettings(encoding, streaming, body)
  if (output.outputConfig !== undefined) body.outputConfig = output.outputConfig
  const context = answerContext(encoding, { names, properties, ids, output, callable, past, streaming })
  const encoded: Mutable<EncodedConverse> = { body, streaming, warnings, context, hasOwnFields: hasOwnFields(encoding) }
  if (cached.hasPoints) encoded.hasCachePoints = true
  if (cached.isShort === true) encoded.isShort = true
  if (cached.digest !== undefined) encoded.digest = cached.digest
  if (request.looseFields !== undefined) encoded.looseFields = request.looseFields
  if (context.outputSchema !== undefined) encoded.outputSchema = context.outputSchema
  if (ownTools !== undefined) encoded.ownTools = ownTools
  if (reasoning.fitted !== undefined) encoded.fitted = reasoning.fitted
  return encoded
}

const NO_CALLS = 'Do not call the tools of the conversation so far; answer without them.'

/** Bedrock has no choice of none (botocore#3458, 2025-04). It is said behind all else: before it, it would cost the model's cache. */
function withoutCalls(turns: readonly Turn[]): readonly Turn[] {
  const isPrefill = turns.at(-1)?.role === 'assistant'
  return isPrefill ? turns : [...turns, { role: 'user', content: [{ type: 'text', text: NO_CALLS }] }]
}

function hasOwnFields({ request: { extraFields, betas } }: EncodeScope): boolean {
  return (extraFields !== undefined && !isEmpty(extraFields)) || betas !== undefined
}

function canStream(encoding: EncodeScope, { tools }: ToolPlan): boolean {
  if (!encoding.traits.streaming) return false
  if (tools.length === 0) return true
  if (!encoding.traits.toolsInStream) return false
  if (!isOmitted(encoding, 'streamingTools')) return true
  encoding.warn('stream', 'the model refused tools in a stream; the answer comes in one piece')
  return false
}

interface ContextParts {
  readonly names: ToolNames
  readonly properties: PropertyNames
  readonly ids: ToolIds
  readonly output: OutputPlan
  readonly callable: readonly CallableTool[]
  readonly past: readonly CallableTool[]
  readonly streaming: boolean
}

function answerContext(
  encoding: EncodeScope,
  { names, properties, ids, output, callable, past, streaming }: ContextParts
): AnswerContext {
  const { request, traits } = encoding
  const mark = reasoningMark(traits)
  const hasTools = callable.length > 0
  const tagged = traits.inlineReasoning === 'always' || (traits.inlineReasoning === 'with-tools' && hasTools)
  const context: Mutable<AnswerContext> = { toolNames: names.toCaller(), toolIds: ids.toCaller() }
  outputContext(request.output, output, context)
  const ownNames = properties.toCaller()
  if (ownNames !== undefined) context.propertyNames = ownNames
  if (tagged) context.inlineReasoning = true
  if (traits.callMarkers.length > 0) context.callMarkers = traits.callMarkers
  if (streaming && traits.streamInputHoldsCache) context.inputHoldsCache = true
  if (traits.textToolCalls && hasTools) context.textCalls = textCalls(encoding, names, callable)
  if (past.length > 0) context.callsAreWords = true
  if (traits.systemTools.length > 0) context.systemTools = traits.systemTools
  if (mark !== undefined) context.reasoningMark = mark
  if (request.responseFieldPaths !== undefined) context.keepExtra = true
  return context
}

/** Ids of calls that come without one are made of the conversation, so that no two turns of it share one. */
function textCalls({ request }: EncodeScope, names: ToolNames, callable: readonly CallableTool[]) {
  return {
    names: new Set(callable.map((tool) => names.toBedrock(tool.name))),
    idPrefix: `call_${stableHash(gist(request.turns)).toString(36)}_`
  }
}

const GIST = { turns: 20, blocks: 20, characters: 200 } as const

/** What tells one state of a conversation from another: the beginnings of its last blocks, since all of them may be megabytes. */
function gist(turns: readonly Turn[]): string {
  const last = turns.slice(-GIST.turns).flatMap(({ content }) => content.slice(-GIST.blocks))
  return `${turns.length} ${last.map((block) => beginning(block)).join('\n')}`
}

function beginning(block: Block): string {
  switch (block.type) {
    case 'text':
    case 'reasoning':
      return block.text.slice(0, GIST.characters)
    case 'tool-call':
      return block.id.slice(0, GIST.characters)
    case 'tool-result':
      return `${block.callId.slice(0, GIST.characters)} ${block.content[0] === undefined ? '' : beginning(block.content[0])}`
    default:
      return block.type
  }
}
