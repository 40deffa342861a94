import { isJsonObject, type JsonObject, objects } from '../../core/json.ts'

/** Names of tools that Claude's own body takes; Converse takes half the length. */
const NATIVE_NAME = /^[a-zA-Z0-9_-]{1,128}$/

/** Tells whether Claude's own body takes this name of a tool as it is. */
export function isNativeName(name: string): boolean {
  return NATIVE_NAME.test(name)
}

/** Gives tools the caller's names again, where only Converse did not take them. `toolNames`: the wire's names to the caller's. */
export function withOwnNames(body: JsonObject, toolNames: ReadonlyMap<string, string>): JsonObject {
  if (![...toolNames.values()].some(isNativeName)) return body
  const { tools, tool_choice, messages } = body
  const renamed = (item: JsonObject): JsonObject => {
    const own = typeof item.name === 'string' ? toolNames.get(item.name) : undefined
    return own !== undefined && isNativeName(own) ? { ...item, name: own } : item
  }
  const inMessage = (message: JsonObject) => ({
    ...message,
    content: objects(message.content).map((block) => (block.type === 'tool_use' ? renamed(block) : block))
  })
  return {
    ...body,
    messages: objects(messages).map(inMessage),
    ...(tools === undefined ? {} : { tools: objects(tools).map(renamed) }),
    ...(isJsonObject(tool_choice) ? { tool_choice: renamed(tool_choice) } : {})
  }
}
