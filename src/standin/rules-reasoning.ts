import { createHash } from 'node:crypto'
import type { CatalogModel } from './catalog.ts'
import { type Block, type ConverseRequest, type Turn, turnsOf } from './converse-request.ts'
import { modelRefuses } from './refusal.ts'
import { mergeTurns } from './rules-conversation.ts'
import { type Origin, type Origins, pairDigest, signReasoning } from './signature.ts'

/** The beta flag under which a request says what becomes of blocks whose prefix has changed. */
export const BINDING_BETA = 'thinking-binding-controls-2026-08-01'

type Fields = Readonly<Record<string, unknown>>

/** Refuses reasoning of earlier turns that is not this model's, has lost what came before it, or does not stand as it stood. */
export function checkReasoning(request: ConverseRequest, model: CatalogModel, given: Origins): void {
  const fields = request.additionalModelRequestFields ?? {}
  const turns = mergeTurns(turnsOf(request))
  for (const [index, turn] of turns.entries()) {
    for (const [at, block] of turn.content.entries()) {
      if (block.reasoningContent === undefined) continue
      const place = `messages.${index}.content.${at}`
      const origins = originsOf(block, place, model, given)
      checkPrefix(origins, place, { fields, model, prefix: prefixDigest(request, index) })
    }
  }
  const latest = turns.findLastIndex((turn) => turn.role === 'assistant')
  if (latest >= 0) checkLayout(turns[latest]!, latest, given)
  checkPresence(turns, fields)
}

function originsOf({ reasoningContent = {} }: Block, place: string, model: CatalogModel, given: Origins): readonly Origin[] {
  const { reasoningText, redactedContent } = reasoningContent
  if (reasoningText === undefined) {
    const origins = given.get(pairDigest('', redactedContent ?? '')) ?? []
    if (redactedContent === signReasoning('') || origins.some((origin) => canRead(model, origin))) return origins
    return modelRefuses(`${place}: Invalid \`data\` in \`redacted_thinking\` block`)
  }
  const { text, signature } = reasoningText
  if (signature === undefined) return modelRefuses(`${place}.thinking.signature: Field required`)
  const origins = (given.get(pairDigest(text, signature)) ?? []).filter((origin) => canRead(model, origin))
  // A signature by the rule itself, of a test that wrote its conversation by hand, is every model's and bound to nothing.
  if (origins.length > 0 || signature === signReasoning(text)) return origins
  return modelRefuses(`${place}: Invalid \`signature\` in \`thinking\` block`)
}

const canRead = (model: CatalogModel, { modelId }: Origin) => modelId === model.id || model.readsThinkingOf.includes(modelId)

// Claude Fable 5.1 and newer bind a block to system, tools and every earlier message (B29).
function checkPrefix(
  origins: readonly Origin[],
  place: string,
  { fields, model, prefix }: { fields: Fields; model: CatalogModel; prefix: string }
): void {
  if (!model.bindsThinking || origins.length === 0 || origins.some((origin) => origin.prefix === prefix)) return
  const { block_binding: binding } = (fields.thinking ?? {}) as { block_binding?: { prefix_mismatch_behavior?: string } }
  if (binding?.prefix_mismatch_behavior === 'drop_block') return
  modelRefuses(
    `${place}: The block is bound to a different conversation. The content before it must be as it was when it was made.`
  )
}

function checkLayout(turn: Turn, index: number, given: Origins): void {
  const origins = turn.content.flatMap((block) => given.get(digestOf(block) ?? '') ?? [])
  if (origins.length === 0) return
  const layout = layoutOf(turn.content)
  if (origins.some((origin) => origin.layout === layout)) return
  const at = turn.content.findIndex((block) => block.reasoningContent !== undefined)
  modelRefuses(
    `messages.${index}.content.${at}: \`thinking\` or \`redacted_thinking\` blocks in the latest assistant message cannot be modified. These blocks must remain as they were in the original response.`
  )
}

/** With an enabled budget, the turn whose tools are answered begins with its reasoning. */
function checkPresence(turns: readonly Turn[], { thinking }: Fields): void {
  const [before, last] = turns.slice(-2)
  const isEnabled = (thinking as { type?: string } | undefined)?.type === 'enabled'
  if (!isEnabled || last?.content.some((block) => block.toolResult !== undefined) !== true) return
  const [first] = before?.content ?? []
  if (first === undefined || first.reasoningContent !== undefined) return
  modelRefuses(
    `messages.${turns.length - 2}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first.toolUse === undefined ? 'text' : 'tool_use'}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block.`
  )
}

/** Digest of all that comes before a turn. Cache points are no content. */
export function prefixDigest(request: ConverseRequest, turns: number): string {
  const messages = mergeTurns(turnsOf(request)).slice(0, turns)
  const bare = messages.map(({ role, content }) => ({ role, content: content.filter((block) => block.cachePoint === undefined) }))
  const parts = [withoutPoints(request.system ?? []), withoutPoints(request.toolConfig?.tools ?? []), bare]
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64')
}

function withoutPoints<T extends { readonly cachePoint?: unknown }>(items: readonly T[]): readonly T[] {
  return items.filter((item) => item.cachePoint === undefined)
}

/** Digest of a reasoning block, open or opaque. */
export function digestOf({ reasoningContent }: Block): string | undefined {
  if (reasoningContent === undefined) return undefined
  const { reasoningText, redactedContent = '' } = reasoningContent
  return reasoningText === undefined
    ? pairDigest('', redactedContent)
    : pairDigest(reasoningText.text, reasoningText.signature ?? '')
}

/** The order of an answer's blocks: which reasoning, which calls, and where words stand between them. */
export function layoutOf(content: readonly Block[]): string {
  const items = content.flatMap((block) => {
    const digest = digestOf(block)
    if (digest !== undefined) return [digest]
    if (block.toolUse !== undefined) return [`call ${block.toolUse.toolUseId}`]
    return block.text === undefined ? [] : ['text']
  })
  return items.filter((item, index) => item !== 'text' || items[index - 1] !== 'text').join(' ')
}
