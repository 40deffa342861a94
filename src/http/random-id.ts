import { randomUUID } from 'node:crypto'

/** 32 random hexadecimal digits, some of which say that they are a UUID. */
export function randomId(): string {
  const id = randomUUID()
  return id.slice(0, 8) + id.slice(9, 13) + id.slice(14, 18) + id.slice(19, 23) + id.slice(24)
}
