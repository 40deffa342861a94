import { parseExact } from '../../core/exact-json.ts'
import { isJsonObject, type Json, type JsonObject, mergeDeep, objects } from '../../core/json.ts'
import { renderBlocks, withMarks } from './render-blocks.ts'
import { splitSystem } from './split-system.ts'

/** The version of Claude's body on Bedrock. Models that are called by an ARN refuse newer ones. */
const VERSION = 'bedrock-2023-05-31'

/**
 * Claude's own body for what a Converse body says. What the model takes was decided for that one, and is decided once.
 * `mostTokens`: what is asked for where the request says nothing, since Claude's body cannot be without a limit.
 */
export function renderBody(converse: JsonObject, mostTokens: number): JsonObject {
  const { messages, system, inferenceConfig, toolConfig, additionalModelRequestFields, outputConfig } = converse
  const config = isJsonObject(inferenceConfig) ? inferenceConfig : {}
  const body: Record<string, Json> = {
    anthropic_version: VERSION,
    max_tokens: config.maxTokens ?? mostTokens,
    messages: splitSystem(objects(messages)).map(renderMessage)
  }
  if (system !== undefined) body.system = renderBlocks(objects(system))
  if (config.temperature !== undefined) body.temperature = config.temperature
  if (config.topP !== undefined) body.top_p = config.topP
  if (config.stopSequences !== undefined) body.stop_sequences = config.stopSequences
  if (isJsonObject(toolConfig)) {
    body.tools = withMarks(objects(toolConfig.tools), renderTool)
    const choice = renderChoice(toolConfig.toolChoice)
    if (choice !== undefined) body.tool_choice = choice
  }
  const format = renderFormat(outputConfig)
  if (format !== undefined) body.output_config = { format }
  return isJsonObject(additionalModelRequestFields) ? mergeDeep(additionalModelRequestFields, body) : body
}

function renderMessage({ role, content }: JsonObject): JsonObject {
  return { role: role ?? 'user', content: renderBlocks(objects(content)) }
}

function renderTool({ toolSpec }: JsonObject): JsonObject {
  const { name, description, inputSchema, strict } = isJsonObject(toolSpec) ? toolSpec : {}
  return {
    name: name ?? '',
    ...(description === undefined ? {} : { description }),
    input_schema: (isJsonObject(inputSchema) ? inputSchema.json : undefined) ?? {},
    ...(strict === undefined ? {} : { strict })
  }
}

function renderChoice(choice: Json | undefined): JsonObject | undefined {
  if (!isJsonObject(choice)) return undefined
  const { any, tool } = choice
  if (isJsonObject(tool)) return { type: 'tool', name: tool.name ?? '' }
  return { type: any === undefined ? 'auto' : 'any' }
}

function renderFormat(outputConfig: Json | undefined): JsonObject | undefined {
  const textFormat = isJsonObject(outputConfig) ? outputConfig.textFormat : undefined
  const structure = isJsonObject(textFormat) ? textFormat.structure : undefined
  const jsonSchema = isJsonObject(structure) ? structure.jsonSchema : undefined
  const schema = isJsonObject(jsonSchema) ? jsonSchema.schema : undefined
  return typeof schema === 'string' ? { type: 'json_schema', schema: parseExact(schema) as Json } : undefined
}
