/** JSON as Bedrock writes it: no spaces, keys in alphabetical order; a tool's input keeps the order the model gave. */
export function wireJson(value: unknown): string {
  return JSON.stringify(sorted(value))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null || 'rawJSON' in value) return value
  const members = Object.entries(value).filter(([, item]) => item !== undefined)
  const inOrder = members.sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(inOrder.map(([key, item]) => [key, key === 'input' ? item : sorted(item)]))
}
