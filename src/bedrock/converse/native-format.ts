import { isEmpty, isJsonObject, type JsonObject, toJson } from '../../core/json.ts'
import type { EncodeScope } from '../prepare/encode-scope.ts'
import type { PropertyNames } from '../schema/property-names.ts'
import { sanitizeSchema } from '../schema/sanitize-schema.ts'
import { createSchemaRoom } from '../schema/schema-limits.ts'
import { lossOf, shapeSchema } from '../schema/shape-schema.ts'

/** The caller's form of the answer. */
interface Form {
  readonly name: string
  readonly description?: string
  readonly schema: JsonObject
}

/** `outputConfig` for a form that Bedrock's grammar can hold the answer to; undefined: it cannot. */
export function nativeFormat(encoding: EncodeScope, form: Form, properties: PropertyNames): JsonObject | undefined {
  const shaped = shapeSchema(form.schema, { ...encoding.traits, rootComposition: isChoice(form.schema) })
  if (!createSchemaRoom().take(shaped.schema)) return undefined
  const loss = lossOf(shaped)
  if (loss !== undefined) encoding.warn('output', loss)
  const description = [form.description ?? '', shaped.rule].filter((words) => words.trim() !== '').join('\n')
  const jsonSchema = {
    name: form.name.trim() === '' ? 'answer' : form.name,
    ...(description === '' ? {} : { description }),
    schema: toJson(properties.rename(sanitizeSchema(shaped.schema)))
  }
  return { textFormat: { type: 'json_schema', structure: { jsonSchema } } }
}

/** Nothing but alternatives stands at the root, which grammars take as they are; whatever else is composed there is folded. */
function isChoice({ anyOf, oneOf, allOf, $ref, properties, required }: JsonObject): boolean {
  if (!Array.isArray(anyOf ?? oneOf) || (anyOf !== undefined && oneOf !== undefined)) return false
  const isBare = !isJsonObject(properties) || isEmpty(properties)
  return isBare && allOf === undefined && $ref === undefined && required === undefined
}
