import type { Seen } from './start-recorder.ts'

/** What a request of a client is made of, in a line or two for the reader of a check. */
export function describeRequest({ method, path, status, headers, body }: Seen): string {
  const head = `${method} ${path} ${status}`
  const beta = headers['anthropic-beta']
  const fields = !body.startsWith('{') ? [] : Object.entries(JSON.parse(body) as Record<string, unknown>).map(describeField)
  return [head, ...(beta === undefined ? [] : [`betas: ${beta}`]), ...(fields.length === 0 ? [] : [fields.join(' ')])].join(
    '\n        '
  )
}

function describeField([name, value]: [string, unknown]): string {
  if (Array.isArray(value)) return `${name}[${value.length}]${describeKinds(value)}`
  if (typeof value === 'object' && value !== null) return `${name}=${short(JSON.stringify(value))}`
  return `${name}=${short(String(value))}`
}

function describeKinds(items: readonly unknown[]): string {
  const kinds = new Map<string, number>()
  for (const item of items) {
    const { type, role } = (item ?? {}) as { type?: unknown; role?: unknown }
    const kind = String(type ?? role ?? '')
    if (kind !== '') kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  }
  return kinds.size === 0 ? '' : `{${[...kinds].map(([kind, count]) => `${kind}:${count}`).join(',')}}`
}

const LONGEST = 90

const short = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text)
