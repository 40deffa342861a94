import type { ModelInfo } from '../core/model.ts'

/** The families that Claude Code and its kin ask for by a word alone. */
const FAMILIES: Readonly<Record<string, RegExp>> = {
  opus: /^anthropic\.claude-opus-|^anthropic\.claude-[\d-]+-opus-/,
  sonnet: /^anthropic\.claude-sonnet-|^anthropic\.claude-[\d-]+-sonnet-/,
  haiku: /^anthropic\.claude-haiku-|^anthropic\.claude-[\d-]+-haiku-/
}

/** The models that a family's name alone stands for, the newest first; the first of them that the caller may use is called. */
export function newestOf(
  name: string,
  known: ReadonlyMap<string, Pick<ModelInfo, 'id' | 'kind' | 'lifecycle'>>
): readonly string[] {
  const pattern = Object.hasOwn(FAMILIES, name) ? FAMILIES[name] : undefined
  if (pattern === undefined) return []
  const ids = new Set<string>()
  for (const { id, kind, lifecycle } of known.values()) {
    // Throughput suffixes (`:0:200k`) are the same model again.
    const isWhole = !/:(?:\d+k|mm)$/.test(id)
    if (kind === 'foundation' && isWhole && lifecycle !== 'LEGACY' && pattern.test(id)) ids.add(id)
  }
  return [...ids].sort((a, b) => compare(versionOf(b), versionOf(a)))
}

/** `[4, 6]` of `claude-opus-4-6-v1`, without its date and its edition. */
function versionOf(id: string): readonly number[] {
  const numbers = id.replace(/-v\d.*$/, '').matchAll(/(?<=-)\d{1,2}(?=-|$)/g)
  return Array.from(numbers, ([number]) => Number(number))
}

function compare(a: readonly number[], b: readonly number[]): number {
  const [majorA = 0, minorA = 0] = a
  const [majorB = 0, minorB = 0] = b
  return majorA - majorB || minorA - minorB
}
