import type { JsonObject } from '../../core/json.ts'
import { leaveOut } from '../../core/leave-out.ts'
import type { Block, CacheMark, TextBlock, Turn } from '../../core/turn.ts'
import { endTurns } from '../prepare/arrange-turns.ts'
import { createDocumentNames } from '../prepare/document-names.ts'
import { type EncodeScope, isOmitted, warnMark } from '../prepare/encode-scope.ts'
import type { ToolNames } from '../prepare/tool-names.ts'
import type { PropertyNames } from '../schema/property-names.ts'
import type { BlockScope } from './block-scope.ts'
import { encodeBlock, encodeText } from './encode-blocks.ts'
import { asksForCitations, wantsCitations } from './encode-output.ts'

/** System and messages on the wire, cache points in place but not yet counted. */
export interface WireConversation {
  readonly system: readonly JsonObject[]
  readonly messages: readonly JsonObject[]
}

export interface MessageParts {
  readonly names: ToolNames
  readonly properties: PropertyNames
  /** The gateway's own instructions, behind the caller's. */
  readonly instructions: readonly string[]
  readonly reasoning: boolean
}

/** Encodes the arranged turns and the system text. A model without a system prompt reads it at the head of the first user turn. */
export function encodeMessages(encoding: EncodeScope, turns: readonly Turn[], parts: MessageParts): WireConversation {
  const scope: BlockScope = {
    traits: encoding.traits,
    model: encoding.target.id,
    names: parts.names,
    properties: parts.properties,
    documents: createDocumentNames(),
    guarded: encoding.request.guardrail !== undefined,
    status: encoding.traits.toolResultStatus && !isOmitted(encoding, 'status'),
    cites: asksForCitations(encoding.request.turns),
    systemTurns: encoding.isNative === true && encoding.traits.systemTurns && !isOmitted(encoding, 'systemTurns'),
    pointsInResults: encoding.isNative === true
  }
  reportUncited(encoding)
  const ended = endTurns(encoding, turns, parts.reasoning)
  const told = systemBlocks(encoding, parts.instructions)
  const hasSystem = encoding.traits.systemPrompt && !isOmitted(encoding, 'system')
  const spoken = hasSystem ? ended : withPreface(ended, told)
  return {
    system: hasSystem ? encodeSystem(told, scope) : [],
    messages: spoken.map((turn) => encodeTurn(turn, scope))
  }
}

/** "Citations are not supported in tool result documents." (B39) Nor is what a model reads as text, since it takes no documents. */
function reportUncited({ request, traits, warn, warnAt }: EncodeScope): void {
  const readsText = !traits.input.includes('document')
  const report = (uncited: Block | undefined, reason: string) => {
    if (uncited === undefined) return
    const path = 'path' in uncited ? uncited.path : undefined
    if (path === undefined) warn('turns', reason)
    else warnAt(`${path}.citations`, reason)
  }
  for (const { content } of request.turns) {
    for (const block of content) {
      if (block.type === 'tool-result') report(block.content.find(wantsCitations), 'documents of tool results are not cited')
      else if (readsText && wantsCitations(block)) report(block, 'the model takes no documents, and reads their text alone')
    }
  }
}

function encodeSystem(told: readonly TextBlock[], scope: BlockScope): readonly JsonObject[] {
  const system: JsonObject[] = []
  for (const block of told) encodeText(block, scope, system)
  return system
}

function encodeTurn(turn: Turn, scope: BlockScope): JsonObject {
  const content: JsonObject[] = []
  for (const block of turn.content) encodeBlock(block, scope, turn.role, content)
  return { role: turn.role, content }
}

function systemBlocks(encoding: EncodeScope, instructions: readonly string[]): readonly TextBlock[] {
  const orphaned = (mark: CacheMark) => warnMark(encoding, mark, 'a blank text has none before it that could be marked')
  const told = leaveOut(allowedSystem(encoding), (block) => block.text.trim() === '', orphaned)
  for (const text of instructions) told.push({ type: 'text', text })
  return told
}

/** Without the texts, or the lines of them, that Bedrock has refused for what they say. Each is reported by its place. */
function allowedSystem({ request, omissions, warn, warnAt }: EncodeScope): readonly TextBlock[] {
  if (omissions.size === 0) return request.system
  return request.system.map((block) => {
    const lines = isOmitted({ omissions }, `system text ${block.text}`) ? [] : block.text.split('\n')
    const kept = lines.filter((line) => !hasRefusedWord(line, omissions))
    if (kept.length > 0 && kept.length === lines.length) return block
    const reason = 'Bedrock refused this system text for what it says'
    if (block.path === undefined) warn('turns', reason)
    else warnAt(block.path, reason)
    return { ...block, text: kept.join('\n') }
  })
}

const WORD = 'system line with '

function hasRefusedWord(line: string, omissions: EncodeScope['omissions']): boolean {
  for (const name of omissions) if (name.startsWith(WORD) && line.includes(name.slice(WORD.length))) return true
  return false
}

/** The first turn is the user's and cannot hold tool results, as nothing was called before it. */
function withPreface(turns: readonly Turn[], preface: readonly TextBlock[]): readonly Turn[] {
  const [first, ...rest] = turns
  return first === undefined || preface.length === 0 ? turns : [{ ...first, content: [...preface, ...first.content] }, ...rest]
}
