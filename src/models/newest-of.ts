import type { ModelInfo } from '../core/model.ts'

/** Families that Claude Code and its kin ask for by a word alone (2026-11). */
const CLAUDES: readonly string[] = ['opus', 'sonnet', 'haiku', 'fable', 'mythos']

type Known = Pick<ModelInfo, 'id' | 'kind' | 'lifecycle'>

/**
 * The models that a family's name stands for, the newest first; the first of them that the caller may use is called. A family is asked for by a
 * word (`sonnet`), by its name without a version (`claude-sonnet`), or as Anthropic and Mistral call their newest (`claude-sonnet-4-latest`:
 * of 4.x). Legacy models count where there is no other. None where a model is called just that, or where models of several sizes fit.
 */
export function newestOf(name: string, known: ReadonlyMap<string, Known>): readonly string[] {
  const asked = askedFor(name)
  if (asked === undefined) return []
  const { words, version, sizes } = partsOf(asked.family)
  const fits: (Parts & Known)[] = []
  for (const model of known.values()) {
    if (!isWholeModel(model)) continue
    const parts = partsOf(model.id)
    if (!asked.isLatest && parts.name === asked.family) return []
    const isOfIt = parts.words === words && version.every((number, index) => parts.version[index] === number)
    if (isOfIt && sizes.every((size) => parts.sizes.includes(size))) fits.push({ ...model, ...parts })
  }
  const alive = fits.filter(({ lifecycle }) => lifecycle !== 'LEGACY')
  const ranked = (alive.length > 0 ? alive : fits).sort((a, b) => compare(b.rank, a.rank))
  const [first] = ranked
  const isOneOfSizes = ranked.some(
    ({ version: own, sizes: others }) => `${own}` === `${first?.version}` && `${others}` !== `${first?.sizes}`
  )
  return isOneOfSizes ? [] : [...new Set(ranked.map(({ id }) => id))]
}

const LATEST = /-latest$/

function askedFor(name: string): { readonly family: string; readonly isLatest: boolean } | undefined {
  if (CLAUDES.includes(name)) return { family: `claude-${name}`, isLatest: true }
  const family = name.replace(LATEST, '')
  const isLatest = family !== name
  return /^[a-z][a-z0-9.-]{2,63}$/.test(family) && (isLatest || /^[a-z-]+$/.test(family)) ? { family, isLatest } : undefined
}

/** Throughput suffixes (`:0:200k`) are the same model again. */
function isWholeModel({ id, kind }: Known): boolean {
  return kind === 'foundation' && !/:(?:\d+k|mm)$/.test(id)
}

/** An id taken apart. */
interface Parts {
  /** Without provider, date and edition. */
  readonly name: string
  readonly words: string
  /** `[4, 6]` of `claude-opus-4-6-v1`. */
  readonly version: readonly number[]
  /** Parameters: `675b`. */
  readonly sizes: readonly string[]
  /** Version, date and edition. */
  readonly rank: readonly number[]
}

const PROVIDER = /^[a-z0-9]+\.(?=[a-z])/
const EDITION = /-v(\d+)(?::(\d+))?$/

function partsOf(id: string): Parts {
  const bare = id.replace(PROVIDER, '')
  const [, edition = '0', revision = '0'] = EDITION.exec(bare) ?? []
  const tokens = bare.replace(EDITION, '').split('-')
  const numbers = (pattern: RegExp) => tokens.filter((token) => pattern.test(token))
  const version = numbers(/^\d{1,2}(?:\.\d{1,2})?$/).flatMap((token) => token.split('.').map(Number))
  const [date = '0'] = numbers(/^(?:\d{4}|\d{8})$/)
  const [major = 0, minor = 0] = version
  return {
    name: tokens.filter((token) => !/^\d{8}$/.test(token)).join('-'),
    // Where the version stands among the words has changed over time, and that a model follows instructions is not what it is called.
    words: tokens
      .filter((token) => /^[a-z]+$/.test(token) && token !== 'instruct')
      .sort()
      .join(' '),
    version,
    sizes: numbers(/^(?:\d+x)?\d+b$/),
    rank: [major, minor, Number(date), Number(edition), Number(revision)]
  }
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((number, index) => number !== b[index])
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0)
}
