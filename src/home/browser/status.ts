/// <reference lib="dom" />
import { byId, make } from './dom.ts'

/** What `GET /` says to a program. */
export interface HomeStatus {
  readonly version: string
  readonly region?: string
  readonly ready: boolean
  readonly reasons?: readonly string[]
  readonly key_required: boolean
}

/** Shows whether the gateway is ready, and asks again as long as it is not. */
export async function watchStatus(): Promise<HomeStatus | undefined> {
  const status = await fetchStatus()
  showStatus(status)
  if (status?.ready !== true) setTimeout(watchStatus, 3000)
  return status
}

export async function fetchStatus(): Promise<HomeStatus | undefined> {
  try {
    const response = await fetch(document.baseURI, { headers: { accept: 'application/json' }, cache: 'no-store' })
    return (await response.json()) as HomeStatus
  } catch {
    return undefined // shown as not reachable, and asked again
  }
}

export function showStatus(status: HomeStatus | undefined): void {
  const word = status === undefined ? 'Not reachable' : status.ready ? 'Ready' : 'Not ready yet'
  byId('status').dataset.state = status?.ready === true ? 'ready' : 'waiting'
  const about = status === undefined ? [] : [status.region, `version ${status.version}`].filter((text) => text !== undefined)
  byId('status-word').textContent = word
  byId('status-about').textContent = about.join(' · ')
  const reasons = status?.reasons ?? []
  byId('reasons').hidden = reasons.length === 0
  byId('reasons').replaceChildren(...reasons.map((reason) => make('li', '', reason)))
}
