import { randomUUID } from 'node:crypto'

/** 32 random hexadecimal digits, some of which say that they are a UUID. */
export function randomId(): string {
  return randomUUID().replaceAll('-', '')
}
