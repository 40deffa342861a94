import type { ChatRequest } from '../../core/request.ts'
import type { Block } from '../../core/turn.ts'
import type { Traits } from '../../models/traits.ts'
import { anthropicCodec } from '../anthropic/anthropic-codec.ts'
import { carriedOver } from '../anthropic/carry-over.ts'
import type { ChatCodec } from '../codec/chat-codec.ts'
import { converseCodec } from '../converse/converse-codec.ts'
import { chatCodec } from '../openai/chat-codec.ts'
import { responsesCodec } from '../openai/responses-codec.ts'

/**
 * The wire that a conversation goes by. The traits decide; docs/decisions/0001 has the reasons. What only Converse can say (text marked
 * for a guardrail, files that Bedrock reads for the model) goes by Converse whatever they say.
 */
export function codecFor(request: ChatRequest, traits: Traits): ChatCodec {
  const { surface } = traits
  const openai = openaiCodecs[surface]
  if (openai !== undefined) return traits.host === 'runtime' && needsSettings(request) ? converseCodec : openai
  if (surface === 'converse' || (surface === 'either' && carriedOver(request, traits) === undefined)) return converseCodec
  return request.turns.some((turn) => turn.content.some(needsConverse)) || request.system.some(needsConverse)
    ? converseCodec
    : anthropicCodec
}

/** OpenAI's own surfaces of Bedrock, by the word of the traits. */
const openaiCodecs: Readonly<Partial<Record<Traits['surface'], ChatCodec>>> = {
  responses: responsesCodec,
  'chat-completions': chatCodec
}

/** What Bedrock's runtime takes by Converse alone; mantle has no Converse to go by. */
function needsSettings({ guardrail, latency, topK }: ChatRequest): boolean {
  return guardrail !== undefined || latency === 'optimized' || topK !== undefined
}

/** Formats of documents that Claude's own body takes: PDF, and text. */
const NATIVE_FORMATS: ReadonlySet<string> = new Set(['pdf', 'txt', 'md', 'csv', 'html'])

function needsConverse(block: Block): boolean {
  switch (block.type) {
    case 'text':
      return block.guard !== undefined
    case 'document':
      return block.source.type === 's3' || (block.format !== undefined && !NATIVE_FORMATS.has(block.format))
    case 'image':
      return block.source.type === 's3'
    case 'video':
    case 'audio':
      return true
    case 'tool-result':
      return block.content.some(needsConverse)
    default:
      return false
  }
}
