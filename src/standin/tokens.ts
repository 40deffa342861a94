const MEDIA_TOKENS = 256

/** A stated, synthetic count: one token per four bytes of UTF-8, begun ones included. No model counts like this. */
export function countTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4)
}

/** Counts whatever a block or a tool holds: its strings and numbers; each picture, document or clip as a flat 256. */
export function countValue(value: unknown): number {
  if (typeof value === 'string') return countTokens(value)
  if (typeof value === 'number') return 1
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + countValue(item), 0)
  if (typeof value !== 'object' || value === null) return 0
  return Object.entries(value).reduce((sum, [key, item]) => sum + countMember(key, item), 0)
}

// Ids, signatures and format words are envelope, not content: no model bills them.
const ENVELOPE = new Set(['toolUseId', 'signature', 'format', 'type', 'status', 'role', 'ttl', 'cachePoint'])

function countMember(key: string, value: unknown): number {
  if (ENVELOPE.has(key)) return 0
  return key === 'bytes' || key === 's3Location' ? MEDIA_TOKENS : countValue(value)
}
