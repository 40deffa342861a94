import type { JsonObject } from '../../core/json.ts'
import { foldRoot } from './fold-root.ts'
import { inlineRefs } from './inline-refs.ts'
import { repairSchema } from './repair-schema.ts'
import { toolSchema } from './tool-schema.ts'

/** What a model takes of a schema; traits have these members. */
export interface SchemaRules {
  readonly schemaDraft: 'any' | '2020-12'
  readonly schemaRefs: boolean
  readonly rootComposition: boolean
}

/** A schema as the model takes it. */
export interface ShapedSchema {
  readonly schema: JsonObject
  /** What the schema does not say any more, for its description; empty: nothing. */
  readonly rule: string
  /** Something recursive, or too long to be written out, became anything. */
  readonly isCut: boolean
  /** Something that it asks of values could not be said, or not even understood. */
  readonly isLoosened: boolean
}

/** Why something is reported of a schema that was shaped; undefined: nothing is lost. */
export function lossOf({ isCut, isLoosened }: Pick<ShapedSchema, 'isCut' | 'isLoosened'>): string | undefined {
  if (isCut) return 'the model reads no references, and not all of them can be written out'
  return isLoosened ? 'the model is told less of the schema than it says' : undefined
}

/** Brings a caller's schema into the form that the model takes. Names of properties are another thing: see `property-names.ts`. */
export function shapeSchema(schema: JsonObject, rules: SchemaRules): ShapedSchema {
  const inlined = rules.schemaRefs ? { schema, isCut: false } : inlineRefs(schema)
  const repaired = rules.schemaDraft === 'any' ? { schema: inlined.schema, isLoosened: false } : repairSchema(inlined.schema)
  const folded = rules.rootComposition ? { schema: repaired.schema, rule: '', isLoosened: false } : foldRoot(repaired.schema)
  return { ...folded, isCut: inlined.isCut, isLoosened: repaired.isLoosened || folded.isLoosened }
}

/** The same for the arguments of a tool, whose root is an object. */
export function shapeToolSchema(schema: JsonObject, rules: SchemaRules): ShapedSchema {
  const shaped = shapeSchema(schema, rules)
  const tool = toolSchema(shaped.schema)
  return { ...shaped, schema: tool.schema, isLoosened: shaped.isLoosened || tool.isLoosened }
}
