import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'

/** The one argument of a function that stands for a `custom` tool. */
export const CUSTOM_TOOL_FIELD = 'input'

/** The arguments of a function that stands for a `custom` tool: one string. */
export const CUSTOM_TOOL_SCHEMA: JsonObject = {
  type: 'object',
  properties: { [CUSTOM_TOOL_FIELD]: { type: 'string', description: 'The whole input of the tool, as plain text.' } },
  required: [CUSTOM_TOOL_FIELD],
  additionalProperties: false
}

/** The custom tool's description with its grammar, which no model is bound to but most follow when told. */
export function describeCustomTool(description: string | undefined, format: Json | undefined): string | undefined {
  const grammar = isJsonObject(format) && isJsonObject(format.grammar) ? format.grammar : format
  if (!isJsonObject(grammar) || typeof grammar.definition !== 'string') return description
  const syntax = typeof grammar.syntax === 'string' ? grammar.syntax : 'given'
  const rule = `The input must match this ${syntax} grammar:\n${grammar.definition}`
  return description === undefined || description === '' ? rule : `${description}\n\n${rule}`
}

/** The string inside the model's arguments; arguments cut short or shaped otherwise are shown as they are. */
export function unwrapCustomInput(json: string): string {
  try {
    const parsed: unknown = JSON.parse(json)
    const input = isJsonObject(parsed) ? parsed[CUSTOM_TOOL_FIELD] : undefined
    return typeof input === 'string' ? input : json
  } catch {
    return json
  }
}
