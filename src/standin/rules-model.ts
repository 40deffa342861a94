import type { CatalogModel } from './catalog.ts'
import { blocksOf, type ConverseRequest } from './converse-request.ts'
import { checkUnicode } from './parse-body.ts'
import { invalid, modelRefuses, Refusal } from './refusal.ts'
import { checkCachePoints } from './rules-cache.ts'
import { checkAnswerSchema, checkToolSchemas } from './rules-tool-schema.ts'
import { checkSchema } from './schema-subset.ts'

/** Refuses what this one model does not take: sampling, tools, cache points, stop words, structured output. */
export function checkModel(request: ConverseRequest, model: CatalogModel, streaming: boolean): void {
  if (!model.converse) invalid("This action doesn't support the model that you provided.")
  checkSampling(request, model)
  checkStops(request, model)
  checkTools(request, model, streaming)
  checkCachePoints(request, model)
  checkStructured(request, model)
  checkSystem(request, model)
  checkSystemTools(request, model)
}

function checkSampling({ inferenceConfig = {} }: ConverseRequest, { sampling, maxOutput, id, family }: CatalogModel): void {
  const { temperature, topP, maxTokens } = inferenceConfig
  const deprecated = (name: string) => modelRefuses(`\`${name}\` is deprecated for this model.`)
  if (sampling === 'none' && temperature !== undefined && (family !== 'claude' || temperature !== 1)) deprecated('temperature')
  if (sampling === 'none' && topP !== undefined && (family !== 'claude' || topP < 0.99)) deprecated('top_p')
  if (sampling === 'one' && temperature !== undefined && topP !== undefined) {
    modelRefuses('`temperature` and `top_p` cannot both be specified for this model. Please use only one.')
  }
  if (maxTokens !== undefined && maxTokens > maxOutput) {
    invalid(
      `The maximum tokens you requested exceeds the model limit of ${maxOutput}. Try again with a maximum tokens value that is lower than ${maxOutput}. (${id})`
    )
  }
}

function checkStops({ inferenceConfig }: ConverseRequest, { maxStops, family }: CatalogModel): void {
  const stops = inferenceConfig?.stopSequences ?? []
  if (maxStops === 0 && inferenceConfig?.stopSequences !== undefined)
    invalid("This model doesn't support the stopSequences field. Remove stopSequences and try again.")
  if (stops.length > maxStops) {
    invalid(`The model that you are using supports at most ${maxStops} stop sequences. Try again with fewer stop sequences.`)
  }
  if (family === 'claude' && stops.some((stop) => stop.trim() === ''))
    modelRefuses('stop_sequences: each stop sequence must contain non-whitespace')
}

function checkTools(request: ConverseRequest, model: CatalogModel, streaming: boolean): void {
  const { toolConfig } = request
  if (toolConfig === undefined) return
  if (model.toolChoice.length === 0) invalid("This model doesn't support tool use.")
  if (streaming && !model.toolsInStream) invalid("This model doesn't support tool use in streaming mode.")
  const names = toolConfig.tools.flatMap((entry) => (entry.toolSpec === undefined ? [] : [entry.toolSpec.name]))
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) invalid(`The tool ${twice} is already defined at toolConfig.tools.${names.indexOf(twice)}.`)
  checkChoice(request, model, names)
  checkToolSchemas(request, model)
}

function checkChoice({ toolConfig }: ConverseRequest, model: CatalogModel, names: readonly string[]): void {
  const [kind] = Object.keys(toolConfig?.toolChoice ?? {}) as ('auto' | 'any' | 'tool')[]
  if (kind === undefined) return
  if (!model.toolChoice.includes(kind)) {
    if (model.family === 'claude')
      modelRefuses(`tool_choice: forced tool use ("${kind}") is not supported by this model; only "auto" is.`)
    invalid(
      `This model doesn't support the toolConfig.toolChoice.${kind} field. Remove toolConfig.toolChoice.${kind} and try again.`
    )
  }
  const named = toolConfig?.toolChoice?.tool?.name
  if (named !== undefined && !names.includes(named)) invalid(`Tool '${named}' not found in provided tools.`)
}

function checkStructured(request: ConverseRequest, model: CatalogModel): void {
  const schema = request.outputConfig?.textFormat?.structure.jsonSchema.schema
  if (schema !== undefined) {
    if (!model.structured) modelRefuses(refusedField(model, 'output_config.format'))
    const parsed = parseSchema(schema)
    checkAnswerSchema(parsed, model)
    checkSchema(parsed, 'output_config.format.schema')
    if (model.family === 'claude' && blocksOf(request).some((block) => block.document?.citations?.enabled === true)) {
      modelRefuses('Citations are not supported with structured outputs.')
    }
  }
  const strict = (request.toolConfig?.tools ?? []).map((entry) => entry.toolSpec?.strict)
  const first = strict.indexOf(true)
  if (first >= 0 && !model.structured) modelRefuses(refusedField(model, `tools.${first}.custom.strict`))
  if (strict.filter((value) => value === true).length > 20) modelRefuses('Too many strict tools: at most 20 are allowed.')
  for (const [index, entry] of (request.toolConfig?.tools ?? []).entries()) {
    if (entry.toolSpec?.strict === true) checkSchema(entry.toolSpec.inputSchema.json, `tools.${index}.custom`)
  }
  const enforced = (request.toolConfig?.tools ?? []).filter((entry) => entry.toolSpec?.strict === true)
  checkGrammar([
    ...(schema === undefined ? [] : [schema]),
    ...enforced.map((entry) => JSON.stringify(entry.toolSpec?.inputSchema.json))
  ])
}

const refusedField = (model: CatalogModel, field: string) =>
  model.family === 'claude'
    ? `${field}: Extra inputs are not permitted`
    : `Malformed input request: extraneous key [${field}] is not permitted, please reformat your input and try again.`

function parseSchema(schema: string): unknown {
  try {
    const parsed: unknown = JSON.parse(schema)
    checkUnicode(parsed)
    return parsed
  } catch (error) {
    if (error instanceof Refusal) throw error
    return invalid(
      'The schema field at outputConfig.textFormat.structure.jsonSchema is not valid JSON. Update the schema and try again.'
    )
  }
}

// Stands for whatever the compiler of grammars finds too large: characters of all schemas of a request.
const LARGEST_GRAMMAR = 20_000

function checkGrammar(schemas: readonly string[]): void {
  if (schemas.reduce((sum, schema) => sum + schema.length, 0) <= LARGEST_GRAMMAR) return
  modelRefuses(
    'The compiled grammar is too large, which would cause performance issues. Simplify your tool schemas or reduce the number of strict tools.'
  )
}

/** Claude's own header, which Claude Code puts into its system prompt: refused wherever it stands there (B9). */
const RESERVED = 'x-anthropic-billing-header'

function checkSystem({ system = [] }: ConverseRequest, { family }: CatalogModel): void {
  if (family !== 'claude' || !system.some((block) => block.text?.includes(RESERVED) === true)) return
  modelRefuses(`${RESERVED} is a reserved keyword and may not be used in the system prompt.`)
}

function checkSystemTools({ toolConfig }: ConverseRequest, model: CatalogModel): void {
  for (const { systemTool } of toolConfig?.tools ?? []) {
    const known = systemTool === undefined || ['nova_grounding', 'nova_code_interpreter'].includes(systemTool.name)
    if (!known || (systemTool !== undefined && model.thinking !== 'nova')) {
      invalid(`This model doesn't support the system tool ${systemTool?.name}. Remove it and try again.`)
    }
  }
}

/** Nova searches the web from regions of the US alone (Nova's user guide, 2026-11). */
export function checkSearchRegion({ toolConfig }: ConverseRequest, region: string): void {
  const searches = toolConfig?.tools?.some(({ systemTool }) => systemTool?.name === 'nova_grounding') === true
  if (searches && !region.startsWith('us-'))
    invalid("This model doesn't support the system tool nova_grounding. Remove it and try again.")
}
