import { isJsonObject, type Json } from '../../core/json.ts'
import { GatewayError } from '../../errors.ts'

/** A model as mantle's `GET /v1/models` tells of it: in OpenAI's form. */
export interface MantleModel {
  readonly id: string
  /** Seconds since 1970. */
  readonly created?: number
  readonly owned_by?: string
}

/** Reads the list. Entries without an id are passed over. Throws GatewayError where it is none. */
export function readMantleModels(text: string): readonly MantleModel[] {
  const { data } = parse(text)
  if (!Array.isArray(data)) throw new GatewayError('upstream_error', 'mantle answered without a list of models')
  return data.flatMap((entry: Json) => {
    if (!isJsonObject(entry) || typeof entry.id !== 'string' || entry.id === '') return []
    const { id, created, owned_by } = entry
    return [
      {
        id,
        ...(typeof created === 'number' ? { created } : {}),
        ...(typeof owned_by === 'string' ? { owned_by } : {})
      }
    ]
  })
}

function parse(text: string): Readonly<Record<string, Json>> {
  try {
    const parsed: unknown = JSON.parse(text)
    return isJsonObject(parsed) ? parsed : {}
  } catch (cause) {
    throw new GatewayError('upstream_error', 'mantle answered with something that is not JSON', { cause })
  }
}
