import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'

/**
 * Gives the system's texts among the user's turns of their own, in their places. At the very beginning, and where the user says nothing
 * else, they stay the user's: Claude wants the user's word first and between two of its own.
 */
export function splitSystem(messages: readonly JsonObject[]): readonly JsonObject[] {
  return messages.flatMap((message, index) => {
    const content = itemsOf(message.content)
    if (!content.some(isSystem)) return [message]
    const runs = runsOf(content, index === 0)
    return runs.length === 1 ? [message] : runs.map((run) => ({ role: run.isSystem ? 'system' : 'user', content: run.content }))
  })
}

interface Run {
  readonly isSystem: boolean
  readonly content: JsonObject[]
}

/** Neighbouring blocks of one speaker; a cache point is of the speaker before it. `isFirst`: the conversation begins here. */
function runsOf(content: readonly JsonObject[], isFirst: boolean): readonly Run[] {
  const runs: Run[] = []
  const begin = isFirst ? content.findIndex((block) => !isSystem(block) && block.cachePoint === undefined) : 0
  for (const [index, block] of content.entries()) {
    const last = runs.at(-1)
    const isSystems = index >= begin && (block.cachePoint === undefined ? isSystem(block) : last?.isSystem === true)
    if (last?.isSystem === isSystems) last.content.push(block)
    else runs.push({ isSystem: isSystems, content: [block] })
  }
  return runs
}

function isSystem(block: JsonObject): boolean {
  return block.systemText !== undefined
}

function itemsOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter((item: Json) => isJsonObject(item)) : []
}
