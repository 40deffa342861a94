import { objects } from '../../core/json.ts'
import type { Mutable } from '../../core/mutable.ts'
import type { Warning } from '../../core/warning.ts'
import type { EncodeInput } from '../prepare/encode-scope.ts'
import { type EncodedOpenai, encodeOpenai } from './encode-openai.ts'
import { inOwnItems } from './own-items.ts'
import { renderResponses } from './render-responses.ts'

/**
 * Says a conversation in the words of Responses. A caller of that dialect loses nothing that the core has no place for: settings go along
 * as native fields that can be done without, and the items are told as they were written.
 */
export function encodeResponses(input: EncodeInput): EncodedOpenai {
  const { openai } = input.request
  if (openai === undefined) return encodeOpenai(input, renderResponses)
  const encoded = encodeOpenai(withSettings(input, openai.settings), renderResponses)
  const { toolIds } = encoded.plan.context
  const items = inOwnItems(objects(encoded.body.input), openai.items, (wired) => toolIds.get(wired) ?? wired)
  const said: Mutable<EncodedOpenai> = { ...encoded, body: { ...encoded.body, input: items } }
  said.warnings = encoded.warnings.flatMap((warning) => stillLost(warning, encoded, input))
  return said
}

function withSettings(input: EncodeInput, settings: Readonly<Record<string, unknown>>): EncodeInput {
  const { request } = input
  const names = Object.keys(settings)
  if (names.length === 0) return input
  const extraFields = { ...(settings as EncodeInput['request']['extraFields']), ...request.extraFields }
  const looseFields = new Set([...names, ...(request.looseFields ?? [])])
  return { ...input, request: { ...request, extraFields, looseFields } }
}

/** What Converse would have lost and is said here is not lost; a setting that the model has refused is told by its own name. */
function stillLost(warning: Warning, { body }: EncodedOpenai, { request }: EncodeInput): readonly Warning[] {
  if ('param' in warning) return [warning]
  const { settings = {} } = request.openai ?? {}
  const field: string = warning.field
  if (field === 'metadata' && PAIRS.some((name) => body[name] !== undefined)) return []
  const isKeyed = request.autoCache?.path?.endsWith('prompt_cache_key') === true
  if (field === 'cache' && isKeyed && body.prompt_cache_key !== undefined) return []
  const name = field.startsWith('extraFields.') ? field.slice('extraFields.'.length) : ''
  return Object.hasOwn(settings, name) ? [{ param: name, reason: warning.reason }] : [warning]
}

/** What the core has as one list of pairs. */
const PAIRS = ['metadata', 'safety_identifier', 'user'] as const
