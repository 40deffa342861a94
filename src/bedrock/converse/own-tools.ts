import type { Json, JsonObject } from '../../core/json.ts'
import type { FunctionTool } from '../../core/turn.ts'
import type { EncodeScope } from '../prepare/encode-scope.ts'
import type { PropertyNames } from '../schema/property-names.ts'
import { lossOf, shapeToolSchema } from '../schema/shape-schema.ts'

/** What only Claude's own body has of tools; under the caller's names. */
export interface OwnTools {
  /** Tools that are not to be loaded before a reference names them, as Claude's body has them. */
  readonly withheld: ReadonlyMap<string, JsonObject>
  /** Examples of inputs, in the names of the schemas. */
  readonly examples: ReadonlyMap<string, readonly Json[]>
}

/** A withheld tool is read by the model like any other once it is referred to: its schema takes the same form. Undefined: there is nothing. */
export function planOwnTools(encoding: EncodeScope, properties: PropertyNames): OwnTools | undefined {
  const functions = encoding.request.tools.filter((tool) => tool.type === 'function')
  if (!functions.some((tool) => tool.deferred === true || tool.examples !== undefined)) return undefined
  const withheld = new Map<string, JsonObject>()
  for (const tool of functions) if (tool.deferred === true) withheld.set(tool.name, withheldTool(encoding, tool, properties))
  const examples = new Map<string, readonly Json[]>()
  for (const tool of functions) {
    if (tool.examples === undefined) continue
    // Names become known with the schema that has them, and the same name always becomes the same one.
    properties.rename(tool.inputSchema ?? {})
    examples.set(
      tool.name,
      tool.examples.map((example) => properties.toBedrock(example))
    )
  }
  return { withheld, examples }
}

function withheldTool(encoding: EncodeScope, tool: FunctionTool, properties: PropertyNames): JsonObject {
  const shaped = shapeToolSchema(tool.inputSchema ?? {}, encoding.traits)
  const loss = lossOf(shaped)
  if (loss !== undefined && tool.path !== undefined) encoding.warnAt(tool.path, loss)
  const description = [tool.description ?? '', shaped.rule].filter((words) => words.trim() !== '').join('\n')
  return {
    name: tool.name,
    ...(description === '' ? {} : { description }),
    input_schema: properties.rename(shaped.schema),
    defer_loading: true
  }
}
