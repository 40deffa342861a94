import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts'
import type { ModerationImage, ModerationItem } from '../../core/moderation.ts'
import type { SpeltWarning } from '../../core/warning.ts'
import { GatewayError } from '../../errors.ts'
import { isDataUrl, parseDataUrl } from '../openai/data-url.ts'
import { atMost, objectAt, optionalString, stringAt } from '../openai/read-value.ts'
import { badValue, emptyArray, missing, wrongChoice, wrongType } from '../openai/refuse.ts'
import { UNKNOWN_MEMBER, unknownFields } from '../openai/unknown-members.ts'

export interface DecodedModeration {
  /** As the caller named it, or OpenAI's default. */
  readonly model: string
  readonly items: readonly ModerationItem[]
  readonly warnings: readonly SpeltWarning[]
}

/** OpenAI's names; all stand for the operator's guardrail, or for Bedrock's checks. */
const MODEL = /^(?:omni|text)-moderation-/
const DEFAULT_MODEL = 'omni-moderation-latest'
const MOST_INPUTS = 128
const KNOWN = new Set(['model', 'input'])

/** Reads a moderation: a text, a list of texts that are judged one by one, or parts that are judged together. */
export function decodeModeration(body: unknown): DecodedModeration {
  if (!isJsonObject(body)) throw badValue('', 'The request body must be a JSON object.')
  const model = optionalString(body.model, 'model') || DEFAULT_MODEL
  if (!MODEL.test(model))
    throw new GatewayError(
      'model_not_found',
      'Moderations are judged by a guardrail; send `omni-moderation-latest` as the model, or none.',
      { param: 'model' }
    )
  return { model, items: itemsOf(body.input), warnings: unknownFields(body, KNOWN, UNKNOWN_MEMBER) }
}

function itemsOf(input: Json | undefined): readonly ModerationItem[] {
  if (input === undefined || input === null) throw missing('input')
  if (typeof input === 'string') return [asItem(input, 'input')]
  if (!Array.isArray(input)) throw wrongType('input', 'a string or an array', input)
  const all: readonly Json[] = atMost(input as readonly Json[], MOST_INPUTS, 'input')
  if (all.length === 0) throw emptyArray('input')
  if (all.some(isJsonObject)) return [partsOf(all)]
  return all.map((one, at) => asItem(stringAt(one, `input[${at}]`), `input[${at}]`))
}

function asItem(text: string, path: string): ModerationItem {
  if (text === '') throw badValue(path, `Invalid '${path}': it must hold some text.`)
  return { texts: [text], images: [] }
}

function partsOf(parts: readonly Json[]): ModerationItem {
  const texts: string[] = []
  const images: ModerationImage[] = []
  for (const [at, value] of parts.entries()) {
    const path = `input[${at}]`
    const part = objectAt(value, path)
    const type = stringAt(part.type, `${path}.type`)
    if (type === 'text') texts.push(stringAt(part.text, `${path}.text`))
    else if (type === 'image_url') images.push(imageOf(objectAt(part.image_url, `${path}.image_url`), `${path}.image_url.url`))
    else throw wrongChoice(`${path}.type`, ['text', 'image_url'], type)
  }
  return { texts: texts.filter((text) => text !== ''), images }
}

const FORMATS: Readonly<Record<string, ModerationImage['format']>> = {
  'image/png': 'png',
  'image/jpeg': 'jpeg',
  'image/jpg': 'jpeg'
}

function imageOf(image: JsonObject, path: string): ModerationImage {
  const url = stringAt(image.url, path)
  if (!isDataUrl(url)) throw badValue(path, `Invalid '${path}': send the picture as a data URL; guardrails fetch none.`)
  const data = parseDataUrl(url)
  const format = data === undefined ? undefined : FORMATS[data.mediaType]
  if (data === undefined || format === undefined)
    throw new GatewayError('invalid_image', `Invalid '${path}': guardrails read PNG and JPEG, as base64.`, { param: path })
  return { format, data: data.base64 }
}
