import { isUtf8 } from 'node:buffer'
import { invalid, Refusal } from './refusal.ts'

/**
 * Reads a JSON body; nothing at all counts as an empty object. Strings that are no Unicode, with half a surrogate pair written as an
 * escape, are refused as the models' own parsers do (B10).
 */
export function parseBody(body: Buffer): unknown {
  if (!isUtf8(body)) throw unreadable()
  const parsed = parse(body)
  checkUnicode(parsed)
  return parsed
}

function parse(body: Buffer): unknown {
  try {
    return body.length === 0 ? {} : JSON.parse(body.toString('utf8'))
  } catch {
    throw unreadable()
  }
}

const unreadable = () => new Refusal('SerializationException', 'Unable to parse the request body as JSON')

/** Refuses a value with half a surrogate pair in any string or name. */
export function checkUnicode(value: unknown): void {
  if (typeof value === 'string' && !value.isWellFormed())
    invalid('The model returned the following errors: The request body is not valid JSON: no low surrogate in string')
  if (typeof value !== 'object' || value === null) return
  for (const [name, member] of Object.entries(value)) {
    checkUnicode(name)
    checkUnicode(member)
  }
}
