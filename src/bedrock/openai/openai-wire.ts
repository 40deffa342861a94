import { isJsonObject, type Json, type JsonObject, member, objects } from '../../core/json.ts'

/** A text, or an empty one where there is none. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** Bytes that Converse holds as base64, as the address that OpenAI's wires have for them. */
export function dataUrl(mediaType: string, source: Json | undefined): string {
  return `data:${mediaType};base64,${textOf(member(source, 'bytes'))}`
}

/** What Converse says of the form of an answer; undefined: nothing. */
export function jsonSchemaOf(outputConfig: Json | undefined): JsonObject | undefined {
  const schema = member(member(member(outputConfig, 'textFormat'), 'structure'), 'jsonSchema')
  return isJsonObject(schema) ? schema : undefined
}

/** What a body of one of OpenAI's surfaces says beside what a Converse body does. */
export interface SurfaceWishes {
  /** As this surface calls it. */
  readonly model: string
  readonly streaming: boolean
  /** `false`: at most one call per answer. */
  readonly parallel: boolean | undefined
  /** The tools are those of the history alone. */
  readonly callsNothing: boolean
  /** The model gives its reasoning encrypted, and takes it back so. */
  readonly sealsReasoning: boolean
  /** How the model's thoughts shall be summed up; absent: as it does by itself, where it is asked to think. */
  readonly summary?: string
}

type ToolWishes = Pick<SurfaceWishes, 'parallel' | 'callsNothing'>

/** The texts of the system, as one; undefined: there is none. */
export function instructionsOf({ system }: JsonObject): string | undefined {
  const texts = objects(system).flatMap(({ text }) => (typeof text === 'string' ? [text] : []))
  return texts.length === 0 ? undefined : texts.join('\n\n')
}

/** A tool as Converse has it, by the names that OpenAI's surfaces have for its parts. */
export interface SpecOfTool {
  readonly name: Json
  readonly description: Json | undefined
  readonly parameters: Json
  readonly strict: Json | undefined
}

/** What the surfaces say in words of their own. */
export interface ToolWords {
  tool(spec: SpecOfTool): JsonObject
  /** The choice of the one tool of this name. */
  named(name: Json): Json
}

/** The fields that mean the same on both surfaces, and have one name. */
export function commonFields(converse: JsonObject, { parallel, callsNothing }: ToolWishes, words: ToolWords): JsonObject {
  const { inferenceConfig, toolConfig, serviceTier } = converse
  const { temperature, topP } = isJsonObject(inferenceConfig) ? inferenceConfig : {}
  const tier = member(serviceTier, 'type')
  const fields: Record<string, Json> = {}
  if (temperature !== undefined) fields.temperature = temperature
  if (topP !== undefined) fields.top_p = topP
  if (tier !== undefined) fields.service_tier = tier
  if (!isJsonObject(toolConfig)) return fields
  fields.tools = objects(toolConfig.tools).flatMap(({ toolSpec }) =>
    isJsonObject(toolSpec) ? [words.tool(specOf(toolSpec))] : []
  )
  fields.tool_choice = callsNothing ? 'none' : choiceOf(toolConfig.toolChoice, words)
  if (parallel !== undefined) fields.parallel_tool_calls = parallel
  return fields
}

function specOf({ name, description, inputSchema, strict }: JsonObject): SpecOfTool {
  const parameters = member(inputSchema, 'json') ?? { type: 'object', properties: {} }
  return { name: name ?? '', description, parameters, strict }
}

function choiceOf(choice: Json | undefined, words: ToolWords): Json {
  const tool = member(choice, 'tool')
  if (isJsonObject(tool)) return words.named(tool.name ?? '')
  return member(choice, 'any') === undefined ? 'auto' : 'required'
}

/** A description, where there is one. */
export function described(description: Json | undefined): JsonObject {
  return description === undefined ? {} : { description }
}
