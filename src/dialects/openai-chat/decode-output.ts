import { isEmpty, isJsonObject, type JsonObject } from '../../core/json.ts'
import type { OutputFormat } from '../../core/request.ts'
import { present } from '../openai/present.ts'
import { objectAt, optionalBoolean, optionalObject, optionalString, stringAt } from '../openai/read-value.ts'
import { badValue, missing, wrongChoice } from '../openai/refuse.ts'
import type { ChatFields } from './fields.ts'
import { reportUnknown } from './members.ts'
import type { Report } from './report.ts'

const PLAIN_TEXT: OutputFormat = { type: 'text' }
const FORMATS = ['text', 'json_object', 'json_schema']

/** A schema's name where its client gives none. */
const DEFAULT_NAME = 'answer'

/**
 * Reads `response_format`; absent is plain text. A schema counts wherever a client puts it: in `json_schema` as OpenAI has it, flat beside the
 * type as in the Responses API, or beside `json_object` as Together, Anyscale and llama.cpp take it (Instructor's mode JSON_SCHEMA, 1.7).
 */
export function decodeOutput(fields: ChatFields, report: Report): OutputFormat {
  const format = fields.get('response_format')
  if (format === undefined) return PLAIN_TEXT
  const path = fields.path('response_format')
  const type = stringAt(format.type, `${path}.type`)
  reportUnknown(format, isJsonObject(format.schema) ? 'schemaFormat' : 'format', path, report)
  if (type === 'text') return PLAIN_TEXT
  if (type !== 'json_object' && type !== 'json_schema') throw wrongChoice(`${path}.type`, FORMATS, type)
  const wrapped = optionalObject(format.json_schema, `${path}.json_schema`)
  if (wrapped !== undefined) reportUnknown(wrapped, 'jsonSchema', `${path}.json_schema`, report)
  if (wrapped !== undefined) return schemaFormat(wrapped, `${path}.json_schema`, type === 'json_object')
  const schema = optionalObject(format.schema, `${path}.schema`)
  if (type === 'json_schema' && schema === undefined) throw missing(`${path}.json_schema`)
  return schema === undefined || isEmpty(schema) ? { type: 'json' } : schemaFormat(format, path, true)
}

function schemaFormat(given: JsonObject, at: string, isNameless: boolean): OutputFormat {
  const name = isNameless ? (optionalString(given.name, `${at}.name`) ?? DEFAULT_NAME) : stringAt(given.name, `${at}.name`)
  if (name === '') throw badValue(`${at}.name`, `Invalid '${at}.name': empty string.`)
  return present({
    type: 'json-schema' as const,
    name,
    description: optionalString(given.description, `${at}.description`),
    schema: objectAt(given.schema, `${at}.schema`),
    strict: optionalBoolean(given.strict, `${at}.strict`) ?? false
  })
}
