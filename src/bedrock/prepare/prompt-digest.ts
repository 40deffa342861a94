import { CHARACTERS_PER_TOKEN } from '../../core/guess-prompt.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { PartList, type PromptParts, promptPlace } from '../../core/prompt-parts.ts'
import { isCachePoint, RunningHash } from '../../core/running-hash.ts'
import type { Prefix } from '../../state/cache-ledger.ts'

/** Characters of JSON that stand around a turn of Converse. */
const FRAME = 28

/**
 * Reads a prompt once, in the order in which models do, without its cache points: what of it is another than in the turn before, and which
 * prefixes it begins with, is told by the same hashes.
 */
export class PromptDigest implements PromptParts {
  readonly head = new PartList()
  readonly messages = new PartList()
  isContinued = false
  private readonly all: RunningHash
  private readonly part = new RunningHash()
  private length = 0
  private hasSettings = false

  constructor(model: string) {
    this.all = new RunningHash(model)
    this.head.add(promptPlace('model'), this.all.value)
  }

  /** The prompt so far, with its tokens by its length. */
  get prefix(): Prefix {
    return { hash: this.all.value, tokens: Math.floor(this.length / CHARACTERS_PER_TOKEN) }
  }

  /** Adds what comes before the conversation. */
  addHead(section: 'tools' | 'system', value: Json | undefined): void {
    const items = itemsOf(value)
    let at = 0
    for (const item of items) if (!isCachePoint(item)) this.take(this.head, promptPlace(section, -1, at++), item)
    this.all.fold(at) // where one section ends and the next begins
  }

  addTurn(index: number, turn: Json): void {
    if (!isJsonObject(turn)) return
    if (turn.role === 'assistant') this.isContinued = true
    if (turn.content === undefined) {
      this.take(this.messages, promptPlace('messages', index), turn)
      return
    }
    const role = typeof turn.role === 'string' ? turn.role : ''
    let at = 0
    for (const item of itemsOf(turn.content))
      if (!isCachePoint(item)) this.take(this.messages, promptPlace('messages', index, at++), item, role)
    this.all.fold(at)
    this.length += FRAME
  }

  /** Ends the head with the settings that what is cached hangs on. The first time counts. */
  addSettings(thinking: Json, toolChoice: Json): void {
    if (this.hasSettings) return
    this.hasSettings = true
    this.head.add(promptPlace('thinking'), this.hashOf(thinking, ''))
    this.head.add(promptPlace('tool_choice'), this.hashOf(toolChoice, ''))
  }

  private take(list: PartList, place: number, item: Json, role = ''): void {
    const hash = this.hashOf(item, role)
    list.add(place, hash)
    this.all.fold(hash)
    this.length += this.part.length
  }

  private hashOf(value: Json, role: string): number {
    this.part.restart(role)
    this.part.add(value)
    return this.part.value
  }
}

/** The prompt of a body of any of Bedrock's wires. `begun`: what has read it already, but for its settings. */
export function promptPartsOf(model: string, body: JsonObject, begun?: PromptDigest): PromptParts {
  const { toolConfig, additionalModelRequestFields: extra } = body
  const tools = isJsonObject(toolConfig) ? toolConfig : body
  const thinking = isJsonObject(extra) ? extra : body
  const digest = begun ?? new PromptDigest(model)
  if (begun === undefined) {
    digest.addHead('tools', tools.tools)
    digest.addHead('system', body.system ?? body.instructions)
    const turns = body.messages ?? body.input
    if (Array.isArray(turns)) for (const [index, turn] of turns.entries()) digest.addTurn(index, turn)
  }
  digest.addSettings(
    thinking.thinking ?? thinking.reasoningConfig ?? body.reasoning ?? null,
    tools.toolChoice ?? tools.tool_choice ?? null
  )
  return digest
}

function itemsOf(value: Json | undefined): readonly Json[] {
  return value === undefined ? NONE : Array.isArray(value) ? value : [value]
}

const NONE: readonly Json[] = []
