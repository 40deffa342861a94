import type { Json, JsonObject } from '../../core/json.ts'
import type { OutputFormat } from '../../core/request.ts'
import { present } from '../openai/present.ts'
import { objectAt, optionalBoolean, optionalObject, optionalString, stringAt } from '../openai/read-value.ts'
import { badValue, wrongChoice } from '../openai/refuse.ts'

const FORMATS = ['text', 'json_object', 'json_schema']

/** Reads `text.format`; absent is plain text. */
export function decodeFormat(text: JsonObject | undefined, path: string): OutputFormat {
  const at = `${path}.format`
  const format: JsonObject | undefined = optionalObject(text?.format, at)
  if (format === undefined) return { type: 'text' }
  const type = stringAt(format.type, `${at}.type`)
  if (type === 'text') return { type: 'text' }
  if (type === 'json_object') return { type: 'json' }
  if (type !== 'json_schema') throw wrongChoice(`${at}.type`, FORMATS, type)
  const name = stringAt(format.name, `${at}.name`)
  if (name === '') throw badValue(`${at}.name`, `Invalid '${at}.name': empty string.`)
  return present({
    type: 'json-schema' as const,
    name,
    description: optionalString(format.description, `${at}.description`),
    schema: objectAt(format.schema, `${at}.schema`),
    strict: optionalBoolean(format.strict, `${at}.strict`) ?? false
  })
}

/** The same in a response: as it was asked for, plain text where nothing was. */
export function echoText(text: JsonObject | undefined): JsonObject {
  const format: Json = text?.format ?? { type: 'text' }
  return text?.verbosity === undefined || text.verbosity === null ? { format } : { format, verbosity: text.verbosity }
}
