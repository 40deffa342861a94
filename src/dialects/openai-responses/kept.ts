import { GatewayError } from '../../errors.ts'

const INSTEAD =
  'This gateway keeps none (RESPONSES_STORE is off): send the earlier items themselves, with store: false (in the AI SDK: providerOptions: { openai: { store: false } }).'

/** The refusal of a response to go on from: unknown, deleted, too old, or another key's. `keeps`: whether anything is kept here. */
export function noPrevious(id: string, path: string, keeps: boolean): GatewayError {
  const sentence = `${named('Previous response', id)} not found.${keeps ? '' : ` ${INSTEAD}`}`
  return new GatewayError('previous_response_not_found', sentence, { param: path })
}

/** The refusal of a conversation that is not there. */
export function noConversation(id: string, path: string | undefined, keeps: boolean): GatewayError {
  const sentence = `${named('Conversation', id)} not found.${keeps ? '' : ` ${INSTEAD}`}`
  return new GatewayError('not_found', sentence, path === undefined ? {} : { param: path })
}

/** The refusal of an item that is named by its id alone; the first sentences are OpenAI's own. */
export function noItem(id: string, keeps: boolean, param = 'input'): GatewayError {
  const sentence = `${named('Item', id)} not found. Items are not persisted when \`store\` is set to false.${keeps ? ' Try again with `store` set to true, or remove this item from your input.' : ` ${INSTEAD}`}`
  return new GatewayError('not_found', sentence, { param })
}

/** The refusal of a response that is asked for by its id. */
export function noResponse(id: string, keeps: boolean): GatewayError {
  return new GatewayError('not_found', `${named('Response', id)} not found.${keeps ? '' : ` ${INSTEAD}`}`)
}

/** Only what looks like an id is repeated. */
function named(what: string, id: string): string {
  return /^[\w-]{1,100}$/.test(id) ? `${what} with id '${id}'` : what
}
