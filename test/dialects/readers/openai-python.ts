import { readFrames } from './read-sse.ts'

type Tree = { [key: string]: unknown }

/** Adds deltas up as openai-python's `accumulate_delta` does, and stops where it stops. */
export function readAsOpenAiPython(stream: string): Tree {
  const message: Tree = {}
  for (const chunk of readFrames(stream)) for (const { delta } of chunk.choices) accumulate(message, delta as Tree)
  return message
}

function accumulate(into: Tree, delta: Tree): Tree {
  for (const [key, value] of Object.entries(delta)) {
    const known = into[key]
    if (known === undefined || known === null) into[key] = structuredClone(value)
    else if (key === 'index' || key === 'type') into[key] = value
    else if (typeof known === 'string' && typeof value === 'string') into[key] = known + value
    else if (typeof known === 'number' && typeof value === 'number') into[key] = known + value
    else if (Array.isArray(known) && Array.isArray(value)) addEntries(known, value)
    else if (isTree(known) && isTree(value)) into[key] = accumulate(known, value)
    else throw new Error(`openai-python cannot add ${key}`)
  }
  return into
}

function addEntries(known: unknown[], entries: unknown[]): void {
  for (const entry of entries) {
    if (!isTree(entry) || !Number.isInteger(entry.index)) throw new Error('Expected list delta entry to have an `index` key')
    const index = entry.index as number
    const present = known[index]
    if (isTree(present)) known[index] = accumulate(present, entry)
    else known.splice(index, 0, structuredClone(entry))
  }
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
