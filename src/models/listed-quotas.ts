import { globMatch } from './glob.ts'

/** A quota as Service Quotas lists it. */
export interface ListedQuota {
  readonly code: string
  readonly name: string
  readonly value: number
}

/** Through what a quota is used: profiles of a geography, global ones, the bare id, or mantle, whose input it is. */
export type QuotaKind = 'geo' | 'global' | 'in_region' | 'mantle'

/** Quotas of a minute and of a day; absent: not known. */
export interface Quota {
  readonly tokensPerMinute?: number
  readonly requestsPerMinute?: number
  readonly tokensPerDay?: number
}

/** What the account may in one Region, as far as its list can be read without guessing. */
export interface QuotaTable {
  /** Of a model by its base id. */
  quotaOf(baseId: string, kind: QuotaKind): Quota | undefined
  /** Quotas that were read. */
  readonly size: number
  /** Names that stand there with several numbers, and are taken for none of them. */
  readonly ambiguous: readonly string[]
  /** Names of quotas that are 0, as new accounts have them: no limit to reckon with, but calls will be refused. */
  readonly zero: readonly string[]
}

type Unit = keyof Quota

/** Codes of quotas of tokens, by base id (AWS's general reference, endpoints and quotas of Bedrock, 2026-10). */
const CODES: Readonly<Record<string, readonly [match: string, kind: QuotaKind, unit?: Unit]>> = {
  'L-58BE175A': ['anthropic.claude-haiku-4-5*', 'geo'],
  'L-9A11C666': ['anthropic.claude-haiku-4-5*', 'global'],
  'L-59759B4A': ['anthropic.claude-sonnet-4-2*', 'geo'],
  'L-F4DDD3EB': ['anthropic.claude-sonnet-4-5*', 'geo'],
  'L-4A6BFAB1': ['anthropic.claude-sonnet-4-5*', 'geo', 'requestsPerMinute'],
  'L-15B8E632': ['anthropic.claude-sonnet-4-6*', 'geo'],
  'L-D4FBCF4E': ['anthropic.claude-sonnet-5', 'geo'],
  'L-DD84E5CA': ['anthropic.claude-sonnet-5', 'global'],
  'L-7007E9C9': ['anthropic.claude-opus-4-5*', 'geo'],
  'L-0AD9BBE8': ['anthropic.claude-opus-4-6*', 'geo'],
  'L-5DB28B7B': ['anthropic.claude-opus-4-7*', 'geo'],
  'L-DB99DCDB': ['anthropic.claude-opus-4-8*', 'geo'],
  'L-4FCE27C7': ['anthropic.claude-opus-4-8*', 'global'],
  'L-99296DCD': ['anthropic.claude-opus-5', 'geo'],
  'L-D73B1244': ['anthropic.claude-opus-5', 'global'],
  'L-A4430697': ['anthropic.claude-opus-5-5*', 'geo'],
  'L-A103A344': ['anthropic.claude-opus-5-5*', 'global'],
  'L-9B258944': ['anthropic.claude-fable-5', 'geo'],
  'L-E8940935': ['anthropic.claude-fable-5-1*', 'geo'],
  'L-C0326783': ['amazon.nova-pro-v1*', 'geo'],
  'L-B38B530A': ['openai.gpt-6-astra*', 'global'],
  'L-31615887': ['openai.gpt-5.6-luna*', 'mantle'],
  'L-87594EB7': ['openai.gpt-5.6-terra*', 'mantle'],
  'L-137DD3C2': ['openai.gpt-5.6-sol*', 'mantle']
}

/**
 * How names begin, the newer wording of AWS's pages beside the older one. What else is listed limits no call, or cannot be counted: the
 * "Cross-Model Max Tokens Per Day" of an account (2026-09) weighs the tokens of each model by its price, in a way that is not published.
 */
const NAMES: readonly (readonly [name: RegExp, kinds: readonly QuotaKind[]])[] = [
  [/^global cross-region (?:model inference|invokemodel) (tokens|requests) per (minute|day) for (.+)$/i, ['global']],
  [/^cross-region (?:model inference|invokemodel) (tokens|requests) per (minute|day) for (.+)$/i, ['geo']],
  [/^on-demand (?:model inference|invokemodel) (tokens|requests) per (minute|day) for (.+)$/i, ['in_region']],
  [/^\[bedrock-mantle endpoint\] input (tokens|requests) per (minute) for (.+)$/i, ['mantle']],
  // Of the endpoint's own quotas; `global.` profiles have a name of theirs.
  [/^model invocation max (tokens) per (day) for (.+)$/i, ['in_region', 'geo']]
]

/** What profiles of a geography may in addition, as the name says. */
const DOUBLED = /\(doubled for cross-region calls\)$/i

const UNITS: Readonly<Record<string, Unit>> = {
  'tokens minute': 'tokensPerMinute',
  'requests minute': 'requestsPerMinute',
  'tokens day': 'tokensPerDay'
}

interface Numbers {
  readonly names: Set<string>
  readonly values: Set<number>
}

/**
 * Reads a list: by the table of codes, else by a name that is the model's own, spelt without marks and versions. A name that tells no one
 * model fits none, and where two quotas fit one pool with different numbers it is not known.
 */
export function readQuotaTable(listed: readonly ListedQuota[]): QuotaTable {
  const byCode = new Map<string, Numbers>()
  const byName = new Map<string, Numbers>()
  for (const { code, name, value } of listed) {
    const known = CODES[code]
    if (known !== undefined) {
      const [match, kind, unit = 'tokensPerMinute'] = known
      note(byCode, `${kind} ${unit} ${match}`, { name, value })
      continue
    }
    for (const [pattern, kinds] of NAMES) {
      const [, counted, time, model = ''] = pattern.exec(name) ?? []
      const unit = UNITS[`${counted} ${time}`.toLowerCase()]
      if (unit === undefined) continue
      for (const kind of kinds) {
        const most = kind === 'geo' && DOUBLED.test(name) ? 2 * value : value
        note(byName, `${kind} ${unit} ${wordsOf(model)}`, { name, value: most })
      }
    }
  }
  const all = [...byCode.values(), ...byName.values()]

  function numberOf(baseId: string, kind: QuotaKind, unit: Unit): number | undefined {
    const codes = Object.values(CODES).filter(
      ([match, of, what = 'tokensPerMinute']) => of === kind && what === unit && globMatch(match, baseId)
    )
    const found = [
      ...codes.flatMap(([match]) => byCode.get(`${kind} ${unit} ${match}`) ?? []),
      ...(byName.get(`${kind} ${unit} ${wordsOfId(baseId)}`) === undefined
        ? []
        : [byName.get(`${kind} ${unit} ${wordsOfId(baseId)}`)!])
    ]
    const values = new Set(found.flatMap((one) => [...one.values]))
    const [value] = values
    return values.size === 1 && value !== undefined && value > 0 ? value : undefined
  }

  return {
    size: all.length,
    ambiguous: namesOf(all.filter(({ values }) => values.size > 1)),
    zero: namesOf(all.filter(({ values }) => values.size === 1 && values.has(0))),
    quotaOf(baseId, kind) {
      const found = Object.values(UNITS).flatMap((unit) => {
        const number = numberOf(baseId, kind, unit)
        return number === undefined ? [] : [[unit, number] as const]
      })
      return found.length === 0 ? undefined : Object.fromEntries(found)
    }
  }
}

/** A quota that holds for several kinds of calls is named once. */
function namesOf(found: readonly Numbers[]): readonly string[] {
  return [...new Set(found.flatMap(({ names }) => [...names]))]
}

function note(found: Map<string, Numbers>, key: string, { name, value }: Pick<ListedQuota, 'name' | 'value'>): void {
  const known = found.get(key) ?? { names: new Set<string>(), values: new Set<number>() }
  known.names.add(name)
  known.values.add(value)
  found.set(key, known)
}

const PROVIDERS =
  /^(?:ai21(?: labs)?|amazon|anthropic|cohere|deepseek|google|meta|minimax|mistral(?: ai)?|moonshot(?: ?ai)?|nvidia|openai|qwen|writer|x ?ai|z ?ai) (?=\S)/

/** `Anthropic Claude Sonnet 4.5 V1` is `claude sonnet 4 5`: without provider, marks and the first version. */
function wordsOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/\(.*\)$/, '')
    .replace(/[^a-z0-9]+/g, ' ')
    .replace(/([a-z])(?=\d)/g, '$1 ')
    .trim()
    .replace(/ v 1$/, '')
    .replace(PROVIDERS, '')
}

/** `anthropic.claude-sonnet-4-5-20250929-v1:0` is the same. */
function wordsOfId(baseId: string): string {
  const plain = baseId.replace(/(?<=-v\d+):\d+$|-\d+:\d+$/, '').replace(/-20\d{6}(?=-v\d+$|$)/, '')
  return wordsOf(plain.replace(/^[a-z0-9]+\./, ''))
}
