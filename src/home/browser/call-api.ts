/// <reference lib="dom" />
import { make } from './dom.ts'
import type { HomeState } from './state.ts'

/** A refusal as the API gave it. */
export interface Failure {
  readonly title: string
  readonly message: string
  readonly code?: string
  readonly requestId?: string
}

/** OpenAI's error body. */
export interface ErrorBody {
  readonly message?: string
  readonly type?: string
  readonly code?: string | null
}

/** Asks the gateway with the key, if one is set. Refusals are answers; it throws only when there is none. */
export function callApi(state: Pick<HomeState, 'base' | 'key'>, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers({ accept: 'application/json' })
  if (state.key !== '') headers.set('authorization', `Bearer ${state.key}`)
  if (init.body !== undefined) headers.set('content-type', 'application/json')
  return fetch(`${state.base}/${path}`, { cache: 'no-store', ...init, headers })
}

/** Reads a refusal: the API's own words, or what a proxy in between said. */
export async function readFailure(response: Response): Promise<Failure> {
  const text = await response.text()
  const title = `${response.status} ${response.statusText}`.trim()
  try {
    const { error } = JSON.parse(text) as { error: ErrorBody }
    return toFailure(title, error, response)
  } catch {
    return toFailure(title, { message: text.slice(0, 500) }, response)
  }
}

/** Names the request, so that the operator can find it in the log. */
export function toFailure(title: string, error: ErrorBody, response: Response): Failure {
  const code = error.code ?? error.type
  const requestId = response.headers.get('x-request-id')
  return {
    title,
    message: error.message || 'The reply says no more.',
    ...(code ? { code } : {}),
    ...(requestId === null ? {} : { requestId })
  }
}

/** What to say when there was no reply at all. */
export function noReply(error: unknown): Failure {
  return { title: 'No reply', message: error instanceof Error ? error.message : String(error) }
}

/** A refusal to look at. */
export function failureCard(failure: Failure): HTMLElement {
  const head = make('p', 'failure-head', make('strong', '', failure.title))
  if (failure.code !== undefined) head.append(make('code', '', failure.code))
  const card = make('div', 'failure', head, make('p', '', failure.message))
  if (failure.requestId !== undefined) card.append(make('p', 'fine', 'Request id ', make('code', '', failure.requestId)))
  card.setAttribute('role', 'alert')
  return card
}
