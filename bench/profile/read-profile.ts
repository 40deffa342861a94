/** What V8 writes: a tree of functions, and which of them ran at each tick. */
export interface Profile {
  readonly startTime: number
  readonly nodes: readonly ProfileNode[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
}

/** A part of the busy time, 0 to 1. */
export interface Share {
  readonly name: string
  readonly share: number
}

/** Self times between two moments of the machine's clock (milliseconds), by function and by where the code comes from. Idle time is left out. */
export function readShares(profile: Profile, from: number, to: number): { functions: Share[]; places: Share[] } {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
  const functions = new Map<string, number>()
  const places = new Map<string, number>()
  let at = profile.startTime / 1000
  let busy = 0
  for (const [index, id] of profile.samples.entries()) {
    const spent = (profile.timeDeltas[index] ?? 0) / 1000
    at += spent
    const node = nodes.get(id)
    if (at < from || at > to || node === undefined || node.callFrame.functionName === '(idle)') continue
    busy += spent
    count(functions, functionName(node), spent)
    count(places, placeOf(node), spent)
  }
  return { functions: shares(functions, busy), places: shares(places, busy) }
}

/** The largest shares, largest first. */
export function hottest(all: readonly Share[], top: number): Share[] {
  return [...all].sort((a, b) => b.share - a.share).slice(0, top)
}

function count(table: Map<string, number>, key: string, spent: number): void {
  table.set(key, (table.get(key) ?? 0) + spent)
}

function shares(table: Map<string, number>, busy: number): Share[] {
  return [...table].map(([name, spent]) => ({ name, share: spent / busy }))
}

function functionName({ callFrame }: ProfileNode): string {
  const { functionName: name, url, lineNumber } = callFrame
  return url === '' ? name || '(anonymous)' : `${name || '(anonymous)'}  ${shortUrl(url)}:${lineNumber + 1}`
}

function placeOf({ callFrame }: ProfileNode): string {
  const { functionName: name, url } = callFrame
  if (url === '') return name.startsWith('(') ? name : '(native functions)'
  if (url.startsWith('node:')) return url.split('/', 2).join('/')
  const found = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)
  return found?.[1] ?? shortUrl(url)
}

function shortUrl(url: string): string {
  return url.replace(/^.*\/node_modules\//, '').replace(/^file:.*\/((?:src|dist)\/)/, '$1')
}
