import { isJsonObject, isSameJson, type Json, type JsonObject } from '../../core/json.ts'
import type { Omission } from '../prepare/encode-scope.ts'
import { membersOnly } from '../schema/members-only.ts'
import type { EncodedConverse } from './encode-request.ts'

/** A tool of the request that can be told with less. */
interface Spec {
  /** Among all entries of `toolConfig.tools`, cache points and the provider's own tools too. */
  readonly entry: number
  /** Among the tools with a schema. */
  readonly place: number
  readonly name: Json | undefined
  readonly canShrink: boolean
}

/**
 * The tool whose schema a sentence names: by its place, as Converse and the models count (`toolConfig.tools.1`, `#/toolConfig/tools/1`,
 * `tools.1.custom`, `tools[1]`), or by its name in quotation marks. Once two have been named, all are taken: the calls left are few.
 */
export function namedSchema(encoded: EncodedConverse, said: string, tried: ReadonlySet<string>): readonly Omission[] {
  const named = specsOf(encoded).find((spec) => isNamed(spec, said))
  if (named === undefined || !named.canShrink) return []
  const before = [...tried].filter((names) => names.startsWith('schema of tool ')).length
  return before > 1 ? ['schemas of tools'] : [`schema of tool ${named.place}`]
}

/** All schemas of tools, for a sentence that names none. */
export function everySchema(encoded: EncodedConverse): readonly Omission[] {
  return specsOf(encoded).some((spec) => spec.canShrink) ? ['schemas of tools'] : []
}

function isNamed({ entry, place, name }: Spec, said: string): boolean {
  const [, ofConverse, index] = /\b(toolConfig[./])?tools?[.[/](\d{1,4})\b/.exec(said) ?? []
  if (index !== undefined) return Number(index) === (ofConverse === undefined ? place : entry)
  return typeof name === 'string' && ["'", '"', '`'].some((mark) => said.includes(`${mark}${name}${mark}`))
}

function specsOf({ body: { toolConfig }, context }: EncodedConverse): readonly Spec[] {
  const tools = isJsonObject(toolConfig) && Array.isArray(toolConfig.tools) ? (toolConfig.tools as readonly Json[]) : []
  const specs = tools.flatMap((tool, entry) =>
    isJsonObject(tool) && isJsonObject(tool.toolSpec) ? [{ spec: tool.toolSpec, entry }] : []
  )
  return specs.map(({ spec, entry }, place) => ({
    entry,
    place,
    name: spec.name,
    // The answer's own tool gives way to words.
    canShrink: spec.name === context.jsonTool || !isBare(spec)
  }))
}

function isBare({ inputSchema }: JsonObject): boolean {
  const json = isJsonObject(inputSchema) ? inputSchema.json : undefined
  return isJsonObject(json) && isSameJson(membersOnly(json), json)
}
