import { parseExact } from '../../core/exact-json.ts'
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import { GatewayError } from '../../errors.ts'

/** The entries of a list that are objects; anything else has none. */
export function objects(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter((item: Json) => isJsonObject(item)) : []
}

/** The member of an object; undefined where there is no object. */
export function member(value: Json | undefined, name: string): Json | undefined {
  return isJsonObject(value) ? value[name] : undefined
}

/** A text, or an empty one where there is none. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** Bytes that Converse holds as base64, as the address that OpenAI's wires have for them. */
export function dataUrl(mediaType: string, source: Json | undefined): string {
  return `data:${mediaType};base64,${textOf(member(source, 'bytes'))}`
}

/** What Converse says of the form of an answer; undefined: nothing. */
export function jsonSchemaOf(outputConfig: Json | undefined): JsonObject | undefined {
  const schema = member(member(member(outputConfig, 'textFormat'), 'structure'), 'jsonSchema')
  return isJsonObject(schema) ? schema : undefined
}

/** The body of a whole answer. Throws GatewayError where it is not JSON. */
export function parseAnswer(text: string): unknown {
  try {
    return parseExact(text)
  } catch (cause) {
    throw new GatewayError('upstream_error', 'Bedrock answered with something that is not JSON', { cause })
  }
}
