import { readFileSync } from 'node:fs'

/** Reads the gateway's log: request lines by request id, and everything that must not be there. */
export function readLog(file: string): { readonly lines: ReadonlyMap<string, number>; readonly bad: readonly string[] } {
  const lines = new Map<string, number>()
  const bad: string[] = []
  for (const text of readFileSync(file, 'utf8').split('\n')) {
    if (text === '') continue
    if (!text.startsWith('{')) {
      bad.push(text)
      continue
    }
    const line = JSON.parse(text)
    if (line.msg === 'request') lines.set(line.reqId, (lines.get(line.reqId) ?? 0) + 1)
    if (line.level === 'error' || line.level === 'fatal') bad.push(text)
  }
  return { lines, bad }
}
