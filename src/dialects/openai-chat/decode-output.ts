import type { OutputFormat } from '../../core/request.ts'
import { present } from '../openai/present.ts'
import { objectAt, optionalBoolean, optionalString, stringAt } from '../openai/read-value.ts'
import { badValue, wrongChoice } from '../openai/refuse.ts'
import type { ChatFields } from './fields.ts'

const PLAIN_TEXT: OutputFormat = { type: 'text' }
const FORMATS = ['text', 'json_object', 'json_schema']

/** Reads `response_format`; absent is plain text. */
export function decodeOutput(fields: ChatFields): OutputFormat {
  const format = fields.get('response_format')
  if (format === undefined) return PLAIN_TEXT
  const path = fields.path('response_format')
  const type = stringAt(format.type, `${path}.type`)
  if (type === 'text') return PLAIN_TEXT
  if (type === 'json_object') return { type: 'json' }
  if (type !== 'json_schema') throw wrongChoice(`${path}.type`, FORMATS, type)
  const at = `${path}.json_schema`
  const given = objectAt(format.json_schema, at)
  const name = stringAt(given.name, `${at}.name`)
  if (name === '') throw badValue(`${at}.name`, `Invalid '${at}.name': empty string.`)
  return present({
    type: 'json-schema' as const,
    name,
    description: optionalString(given.description, `${at}.description`),
    schema: objectAt(given.schema, `${at}.schema`),
    strict: optionalBoolean(given.strict, `${at}.strict`) ?? false
  })
}
