import { GatewayError } from '../../errors.ts'
import type { ResponsesFields } from './fields.ts'

const INSTEAD =
  'This gateway keeps none: send the earlier items themselves, with store: false (in the AI SDK: providerOptions: { openai: { store: false } }).'

/** Refuses what only somebody who keeps responses or conversations could read. */
export function refuseKept(fields: ResponsesFields): void {
  const previous = fields.get('previous_response_id')
  if (previous !== undefined) {
    const sentence = `${named('Previous response', previous)} not found. ${INSTEAD}`
    throw new GatewayError('previous_response_not_found', sentence, { param: fields.path('previous_response_id') })
  }
  if (fields.get('conversation') === undefined) return
  throw new GatewayError('not_found', `Conversation not found. ${INSTEAD}`, { param: fields.path('conversation') })
}

/** The refusal of an item that is named by its id alone; the first sentences are OpenAI's own. */
export function noItem(id: string): GatewayError {
  const sentence = `${named('Item', id)} not found. Items are not persisted when \`store\` is set to false. ${INSTEAD}`
  return new GatewayError('not_found', sentence, { param: 'input' })
}

/** Only what looks like an id is repeated. */
function named(what: string, id: string): string {
  return /^[\w-]{1,100}$/.test(id) ? `${what} with id '${id}'` : what
}
