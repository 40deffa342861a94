import { Refusal } from './refusal.ts'

/** Reads a JSON body; nothing at all counts as an empty object. */
export function parseBody(body: Buffer): unknown {
  try {
    return body.length === 0 ? {} : JSON.parse(body.toString('utf8'))
  } catch {
    throw new Refusal('SerializationException', 'Unable to parse the request body as JSON')
  }
}
