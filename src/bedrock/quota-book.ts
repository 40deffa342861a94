import { within } from '../core/within.ts'
import { geographyOf } from '../models/base-model.ts'
import { geography } from '../models/geography.ts'
import { globMatch } from '../models/glob.ts'
import { type ListedQuota, type Quota, type QuotaKind, type QuotaTable, readQuotaTable } from '../models/listed-quotas.ts'
import type { ModelTarget } from '../models/model-target.ts'
import { type TraitRow, traitsOfTarget } from '../models/traits.ts'
import { type CandidatePlace, placeKey } from './run/candidate.ts'

/** A quota as the operator sets it; goes before what AWS lists. */
export interface QuotaRow extends Quota {
  /** Globs on the id as it is called, profile and all. */
  readonly ids: readonly string[]
  readonly region?: string
  /** The name of an operator's pool. */
  readonly pool?: string
}

/** An account in a Region whose quotas are asked for. */
export interface QuotaSource {
  /** Absent: the one that the AWS SDK finds. */
  readonly region?: string
  /** Absent: the gateway's own. */
  readonly account?: string
  /** Reads the list; fails in words for the log. */
  readonly read: (signal: AbortSignal) => Promise<readonly ListedQuota[]>
}

/** News of a source, for the log. */
export interface QuotaNews {
  readonly region?: string
  readonly account?: string
  /** It could not be read. */
  readonly error?: Error
  readonly table?: QuotaTable
}

export interface QuotaBookOptions {
  readonly rows: readonly QuotaRow[]
  /** Empty: AWS is not asked. */
  readonly sources: readonly QuotaSource[]
  readonly traitRows: readonly TraitRow[]
  /** What an application profile copies, where a list tells. */
  readonly copiesOf: (id: string) => 'global' | 'geo' | 'in_region' | undefined
  readonly onNews: (news: QuotaNews) => void
}

/** What is known of the account's quotas before anything is refused. */
export interface QuotaBook {
  /** Which pool a call counts against: profiles have one each, and an application profile has that of what it copies. */
  poolOf(place: CandidatePlace): string
  /** The id whose quota that is: a profile's, or a model's own. */
  idOf(place: CandidatePlace): string
  quotaOf(place: CandidatePlace): Quota | undefined
  /** Begins to read, and reads again now and then; `onRead` hears of each time. Never fails: what is not read is learnt from refusals. */
  start(onRead: () => void): void
  close(): void
}

const AGAIN_MS = 3_600_000
const AFTER_FAILURE_MS = 600_000
const TIMEOUT_MS = 30_000

/** Makes the book. Nothing is read before `start`. */
export function createQuotaBook({ rows, sources, traitRows, copiesOf, onNews }: QuotaBookOptions): QuotaBook {
  const closed = new AbortController()
  const tables = new Map<QuotaSource, QuotaTable>()
  const told = new Map<QuotaSource, string>()

  async function read(source: QuotaSource, onRead: () => void): Promise<void> {
    const { region, account } = source
    const where = { ...(region === undefined ? {} : { region }), ...(account === undefined ? {} : { account }) }
    let waitMs = AGAIN_MS
    try {
      const signal = AbortSignal.any([closed.signal, AbortSignal.timeout(TIMEOUT_MS)])
      const late = () => new Error(`no answer within ${TIMEOUT_MS} ms`)
      const table = readQuotaTable(await within(source.read(signal), { ms: TIMEOUT_MS, late, signal: closed.signal }))
      tables.set(source, table)
      tell(source, JSON.stringify([table.size, table.ambiguous, table.zero]), { ...where, table })
      onRead()
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause))
      waitMs = AFTER_FAILURE_MS
      if (!closed.signal.aborted) tell(source, `${error.name} ${error.message}`, { ...where, error })
    }
    if (closed.signal.aborted) return
    const timer = setTimeout(() => void read(source, onRead), waitMs).unref()
    closed.signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
  }

  /** The same news again is none. */
  function tell(source: QuotaSource, text: string, news: QuotaNews): void {
    if (told.get(source) === text) return
    told.set(source, text)
    onNews(news)
  }

  function tableOf({ transport: { region }, account }: CandidatePlace): QuotaTable | undefined {
    const source = sources.find((one) => (one.region ?? region) === region && one.account === account)
    return source === undefined ? undefined : tables.get(source)
  }

  const idOf = ({ transport, target }: CandidatePlace) => quotaId(target, transport.region, copiesOf(target.id))

  return {
    idOf,
    poolOf: (place) => placeKey(place, idOf(place)),
    quotaOf(place) {
      const { transport, target, pool } = place
      const copies = copiesOf(target.id)
      const row = rows.find(
        (one) =>
          (one.region ?? transport.region) === transport.region &&
          (one.pool === undefined || one.pool === pool) &&
          one.ids.some((glob) => globMatch(glob, target.id) || globMatch(glob, quotaId(target, transport.region, copies)))
      )
      if (row !== undefined) return row
      if (target.id.startsWith('arn:') && copies === undefined) return undefined
      return tableOf(place)?.quotaOf(target.baseId, kindOf(target, copies, traitRows))
    },
    start(onRead) {
      for (const source of sources) void read(source, onRead)
    },
    close: () => closed.abort()
  }
}

/** The id whose quota it is. */
function quotaId({ id, baseId }: ModelTarget, region: string, copies: ReturnType<QuotaBookOptions['copiesOf']>): string {
  if (copies === undefined) return id
  return copies === 'in_region' ? baseId : `${copies === 'global' ? 'global' : geography(region)}.${baseId}`
}

function kindOf(target: ModelTarget, copies: QuotaKind | undefined, traitRows: readonly TraitRow[]): QuotaKind {
  if (copies !== undefined) return copies
  if (traitsOfTarget(target, traitRows).host === 'mantle') return 'mantle'
  const own = geographyOf(target.id)
  return own === 'global' ? 'global' : own === undefined ? 'in_region' : 'geo'
}
