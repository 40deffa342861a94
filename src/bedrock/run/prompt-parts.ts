import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { RunningHash } from '../../core/running-hash.ts'
import type { PromptPart, PromptParts } from '../../state/prefix-history.ts'

/** The prompt of a body of any of Bedrock's wires in parts, without its cache points: what a cached prefix is made of. */
export function promptPartsOf(model: string, body: JsonObject): PromptParts {
  const { toolConfig, additionalModelRequestFields: extra } = body
  const tools = isJsonObject(toolConfig) ? toolConfig : body
  const thinking = isJsonObject(extra) ? extra : body
  const head: PromptPart[] = [part('model', model)]
  addItems(head, 'tools', tools.tools)
  addItems(head, 'system', body.system ?? body.instructions)
  head.push(part('thinking', thinking.thinking ?? thinking.reasoningConfig ?? body.reasoning ?? null))
  head.push(part('tool_choice', tools.toolChoice ?? tools.tool_choice ?? null))
  const messages: PromptPart[] = []
  const turns = body.messages ?? body.input
  let isContinued = false
  if (Array.isArray(turns)) {
    turns.forEach((turn: Json, index) => {
      const path = `messages[${index}]`
      if (!isJsonObject(turn)) return
      if (turn.role === 'assistant') isContinued = true
      if (turn.content === undefined) messages.push(part(path, turn))
      else addItems(messages, `${path}.content`, turn.content, typeof turn.role === 'string' ? turn.role : '')
    })
  }
  return { head, messages, isContinued }
}

function addItems(into: PromptPart[], path: string, value: Json | undefined, role = ''): void {
  if (value === undefined) return
  const items = Array.isArray(value) ? value : [value]
  let place = 0
  for (const item of items) {
    if (isJsonObject(item) && item.cachePoint !== undefined) continue
    into.push(part(`${path}[${place++}]`, item, role))
  }
}

function part(path: string, value: Json, role = ''): PromptPart {
  const hash = new RunningHash(role)
  hash.add(value)
  return { path, hash: hash.value }
}
