import type { CatalogModel } from './catalog.ts'
import { type Block, type ConverseRequest, type ToolEntry, turnsOf } from './converse-request.ts'
import { readDirectives } from './directives.ts'
import { fromSchema } from './from-schema.ts'
import type { ScriptedAnswer } from './options.ts'
import type { Random } from './random.ts'
import { mergeTurns } from './rules-conversation.ts'
import { claudeThinking } from './rules-thinking.ts'
import { signReasoning } from './signature.ts'
import { countTokens } from './tokens.ts'

const WORDS = 'the quick brown fox jumps over a lazy dog while synthetic rivers carry quiet words downstream'.split(' ')
const BLOCKED_TEXT = 'Sorry, the synthetic guardrail blocked this request.'

/** An answer of the brain; it also knows which stop word it met. */
export interface Thought extends ScriptedAnswer {
  readonly matchedStop?: string
}

/** The demo brain: answers any request by fixed rules, and says that it is synthetic. */
export function think(request: ConverseRequest, model: CatalogModel, random: Random, eventGapMs: number): Thought {
  const last = mergeTurns(turnsOf(request)).at(-1)
  const text = (last?.content ?? [])
    .map((block) => block.text ?? guardText(block))
    .filter((part) => part !== '')
    .join('\n')
  const results = (last?.content ?? []).flatMap((block) => block.toolResult ?? [])
  const directives = readDirectives(text)
  if (directives.guardrail && request.guardrailConfig !== undefined) return blocked(request)
  const reasoning = reasons(request, model) || directives.reason ? [reasoningBlock(text, model)] : []
  const calls = results.length === 0 ? chooseCalls(request, text, { model, random }) : []
  if (calls.length > 0) return { content: [...reasoning, ...calls], stopReason: 'tool_use' }
  if (directives.slow !== undefined) {
    const slow = Array.from({ length: directives.slow }, (_, index) => `s${index % 10} `).join('')
    return { content: [...reasoning, { text: slow }], chunkSize: 3, gapMs: eventGapMs }
  }
  const said = compose(request, {
    text,
    random,
    long: directives.long,
    result: results.length === 0 ? undefined : quote(results)
  })
  const limited = limit(said, request)
  return { ...limited, content: [...reasoning, ...limited.content], ...(directives.max ? { stopReason: 'max_tokens' } : {}) }
}

const guardText = (block: Block) => (block.guardContent as { text?: { text?: string } } | undefined)?.text?.text ?? ''

function compose(
  request: ConverseRequest,
  facts: { text: string; random: Random; long: number | undefined; result: string | undefined }
): string {
  const schema = request.outputConfig?.textFormat?.structure.jsonSchema.schema
  if (schema !== undefined) return JSON.stringify(fromSchema(JSON.parse(schema), facts.text, facts.random))
  if (facts.result !== undefined) return `Synthetic answer from the stand-in. The tool said: ${facts.result}`
  if (facts.long !== undefined) return Array.from({ length: facts.long }, (_, index) => WORDS[index % WORDS.length]).join(' ')
  return `This is a synthetic answer from the Bedrock stand-in. You said: ${facts.text === '' ? '(no text)' : facts.text}`
}

function quote(results: readonly NonNullable<Block['toolResult']>[]): string {
  const parts = results.flatMap((result) =>
    result.content.map((item) => item.text ?? JSON.stringify(item.json ?? Object.keys(item)))
  )
  return parts.join(' | ')
}

function chooseCalls(request: ConverseRequest, text: string, facts: { model: CatalogModel; random: Random }): Block[] {
  const specs = (request.toolConfig?.tools ?? []).flatMap((entry) => entry.toolSpec ?? [])
  const { any, tool } = request.toolConfig?.toolChoice ?? {}
  const named = specs.filter((spec) => (tool === undefined ? text.includes(spec.name) : spec.name === tool.name))
  const wanted = any !== undefined || tool !== undefined || named.length > 0 || /\b(tool|weather|use)\b/i.test(text)
  if (!wanted || specs.length === 0) return []
  const parallel = /\b(both|two|parallel)\b/i.test(text) && tool === undefined
  const chosen = parallel ? specs.slice(0, 2) : [named[0] ?? specs[0]]
  return chosen.flatMap((spec) => (spec === undefined ? [] : [callBlock(spec, text, facts)]))
}

function callBlock(
  spec: NonNullable<ToolEntry['toolSpec']>,
  text: string,
  { model, random }: { model: CatalogModel; random: Random }
): Block {
  const input = fromSchema(spec.inputSchema.json, text, random)
  // Nova 2 and Claude with strict tools also send a type that the API's own model does not list.
  const typed = model.thinking === 'nova' || spec.strict === true ? { type: 'tool_use' } : {}
  return { toolUse: { toolUseId: toolUseId(model, spec.name, random), name: spec.name, input: input ?? {}, ...typed } }
}

function toolUseId(model: CatalogModel, name: string, random: Random): string {
  if (model.family === 'mistral') return random.word(9)
  if (model.family === 'kimi') return `functions.${name.slice(0, 40)}:${random.between(0, 9)}`
  return `tooluse_${random.word(22)}`
}

function reasons(request: ConverseRequest, model: CatalogModel): boolean {
  const fields = request.additionalModelRequestFields ?? {}
  const type = claudeThinking(fields)?.type ?? (fields.reasoningConfig as { type?: string } | undefined)?.type
  if (model.family === 'claude')
    return type === 'enabled' || type === 'adaptive' || (type === undefined && model.thinking === 'adaptive-always')
  if (model.family === 'gpt-oss' || model.thinking === 'inherent') return true
  const effort =
    fields.reasoning_effort ?? fields.reasoning_config ?? (fields.reasoning as { effort?: string } | undefined)?.effort
  return type === 'enabled' || (effort !== undefined && effort !== 'none')
}

function reasoningBlock(question: string, model: CatalogModel): Block {
  const text = `Synthetic reasoning about: ${question.slice(0, 200)}`
  const signature = model.family === 'claude' ? { signature: signReasoning(text, model.id) } : {}
  return { reasoningContent: { reasoningText: { text, ...signature } } }
}

function limit(text: string, { inferenceConfig = {} }: ConverseRequest): Thought {
  const stops = (inferenceConfig.stopSequences ?? []).filter((word) => text.includes(word))
  const [first] = stops.toSorted((a, b) => text.indexOf(a) - text.indexOf(b))
  const cut = first === undefined ? text : text.slice(0, text.indexOf(first))
  const { maxTokens = Number.POSITIVE_INFINITY } = inferenceConfig
  if (countTokens(cut) > maxTokens) return { content: [{ text: cut.slice(0, maxTokens * 4) }], stopReason: 'max_tokens' }
  if (first !== undefined) return { content: cut === '' ? [] : [{ text: cut }], stopReason: 'stop_sequence', matchedStop: first }
  return { content: [{ text: cut }], stopReason: 'end_turn' }
}

function blocked({ guardrailConfig = {} }: ConverseRequest): ScriptedAnswer {
  const id = guardrailConfig.guardrailIdentifier?.split('/').at(-1) ?? 'guardrail'
  const topic = { action: 'BLOCKED', detected: true, name: 'GUARDRAIL-BLOCK', type: 'DENY' }
  const assessment = {
    appliedGuardrailDetails: {
      guardrailId: id,
      guardrailOrigin: ['REQUEST'],
      guardrailOwnership: 'SELF',
      guardrailVersion: guardrailConfig.guardrailVersion
    },
    invocationMetrics: { guardrailProcessingLatency: 1, usage: { topicPolicyUnits: 1 } },
    topicPolicy: { topics: [topic] }
  }
  const trace = { guardrail: { actionReason: 'Guardrail blocked.', inputAssessment: { [id]: assessment }, modelOutput: [] } }
  const wanted = guardrailConfig.trace === 'enabled' || guardrailConfig.trace === 'enabled_full'
  return { content: [{ text: BLOCKED_TEXT }], stopReason: 'guardrail_intervened', ...(wanted ? { trace } : {}) }
}
