import { isEmpty, type Json, type JsonObject } from '../../core/json.ts'
import type { OutputFormat } from '../../core/request.ts'
import { present } from '../openai/present.ts'
import { objectAt, optionalBoolean, optionalObject, optionalString, stringAt } from '../openai/read-value.ts'
import { badValue, wrongChoice } from '../openai/refuse.ts'
import type { Report } from '../openai-chat/report.ts'
import { reportUnknown } from './members.ts'

const FORMATS = ['text', 'json_object', 'json_schema']

/** Reads `text.format`; absent is plain text. */
export function decodeFormat(text: JsonObject | undefined, path: string, report: Report): OutputFormat {
  const at = `${path}.format`
  if (text !== undefined) reportUnknown(text, 'text', path, report)
  const format: JsonObject | undefined = optionalObject(text?.format, at)
  if (format === undefined) return { type: 'text' }
  const type = stringAt(format.type, `${at}.type`)
  reportUnknown(format, 'format', at, report)
  if (type === 'text') return { type: 'text' }
  if (type !== 'json_object' && type !== 'json_schema') throw wrongChoice(`${at}.type`, FORMATS, type)
  // A schema counts beside `json_object` too, as in Chat Completions.
  const isLoose = type === 'json_object'
  const schema = isLoose ? optionalObject(format.schema, `${at}.schema`) : objectAt(format.schema, `${at}.schema`)
  if (schema === undefined || (isLoose && isEmpty(schema))) return { type: 'json' }
  const name = isLoose ? (optionalString(format.name, `${at}.name`) ?? 'answer') : stringAt(format.name, `${at}.name`)
  if (name === '') throw badValue(`${at}.name`, `Invalid '${at}.name': empty string.`)
  return present({
    type: 'json-schema' as const,
    name,
    description: optionalString(format.description, `${at}.description`),
    schema,
    strict: optionalBoolean(format.strict, `${at}.strict`) ?? false
  })
}

/** The same in a response: as it was asked for, plain text where nothing was. */
export function echoText(text: JsonObject | undefined): JsonObject {
  const format: Json = text?.format ?? { type: 'text' }
  return text?.verbosity === undefined || text.verbosity === null ? { format } : { format, verbosity: text.verbosity }
}
