import type { ModelInfo } from '../../core/model.ts'
import { within } from '../../core/within.ts'
import { GatewayError } from '../../errors.ts'
import { regionOfArn } from '../../models/resolve.ts'
import { awsError } from '../transport/aws-error.ts'
import { type CatalogLists, createListCalls, type ListCalls, type ListName, type ListOptions } from './catalog-lists.ts'
import { createLookup } from './catalog-lookup.ts'
import { applicationProfile, type CatalogModels, joinLists } from './catalog-models.ts'

export interface CatalogOptions extends ListOptions {
  /** The regions whose application profiles may be asked for one by one; the lists are those of `region`. */
  readonly regions?: readonly string[]
  /** Milliseconds, for the age of the lists. */
  readonly now?: () => number
  readonly log?: { warn(fields: object, message: string): void }
}

export interface Catalog {
  /** All models that can be called now. Waits only while no list has ever been read; throws when none could be. */
  list(): Promise<readonly ModelInfo[]>
  /** Everything known, by id, ARN and name. Never waits; may be empty. Asks for a refresh in the background when it is old. */
  readonly known: ReadonlyMap<string, ModelInfo>
  /**
   * Undefined once a list has been read, and while none will be for now; else a promise of the first ones, for names that only they can
   * tell. Waits three seconds at most, and never fails.
   */
  first(): Promise<void> | undefined
  /** Whether `learn` may tell what this ARN runs. */
  hides(id: string): boolean
  /** Asks for the model behind an application profile that no list names; `known` tells it then. Waits briefly, and never fails. */
  learn(id: string): Promise<void>
  /** Reads the lists now, unless that is under way. Never fails. */
  refresh(): Promise<void>
  close(): void
}

const REFRESH_MS = 300_000
/** While a list has never been read for a reason that may pass. */
const RETRY_MS = 10_000
const TIMEOUT_MS = 30_000
/** What a call waits for the first lists. */
const FIRST_MS = 3000
/** Refusals that time does not heal: the list stays empty and is asked for at the usual pace. */
const LASTING = new Set([
  'AccessDeniedException',
  'ValidationException',
  'UnknownOperationException',
  'ResourceNotFoundException'
])

const NOTHING: ReadonlyMap<string, ModelInfo> = new Map()

/** The model lists of one region: read in the background, at most one read at a time, the last good copy of each list kept. */
export function createCatalog(options: CatalogOptions): Catalog {
  const now = options.now ?? Date.now
  const closed = new AbortController()
  const lists: { -readonly [N in ListName]?: CatalogLists[N] } = {}
  const failures = new Map<ListName | 'client', Error>()
  let joined: CatalogModels | undefined
  const firstJoined = Promise.withResolvers<void>()
  let merged: Record<'listed' | 'found' | 'map', CatalogModels['known']> | undefined
  let client: Promise<ListCalls> | undefined
  const others = new Map<string, Promise<ListCalls>>()
  let running: Promise<void> | undefined
  let dueAt = Number.NEGATIVE_INFINITY

  /** Lists by why they failed in this round, where that is news: nine lists that fail alike are one line. */
  const news = new Map<string, string[]>()

  function note(name: ListName | 'client', error: Error | undefined): void {
    const before = failures.get(name)
    if (error === undefined) failures.delete(name)
    else failures.set(name, error)
    if (error === undefined || closed.signal.aborted) return
    const reason = reasonOf(error)
    if (before === undefined || reasonOf(before) !== reason) news.set(reason, [...(news.get(reason) ?? []), name])
  }

  function tellNews(): void {
    for (const [reason, failed] of news) {
      const kept = failed.some((name) => name in lists)
      options.log?.warn(
        { region: options.region, lists: failed, reason },
        kept
          ? 'lists of models could not be read; the last good ones stay in use'
          : 'lists of models could not be read; there are none yet'
      )
    }
    news.clear()
  }

  async function readOne<N extends ListName>(name: N, call: (signal: AbortSignal) => Promise<CatalogLists[N]>): Promise<void> {
    try {
      const signal = AbortSignal.any([closed.signal, AbortSignal.timeout(TIMEOUT_MS)])
      const late = () => new Error(`no answer within ${TIMEOUT_MS} ms`)
      Object.assign(lists, { [name]: await within(call(signal), { ms: TIMEOUT_MS, late, signal: closed.signal }) })
      note(name, undefined)
    } catch (error) {
      client = undefined // its credentials may hang, which no signal ends
      note(name, error as Error)
    }
  }

  async function readAll(): Promise<void> {
    try {
      client ??= createListCalls(options)
      const { calls } = await client
      note('client', undefined)
      const names = Object.keys(calls) as ListName[]
      const read = (name: ListName) => readOne(name, calls[name] as (signal: AbortSignal) => Promise<CatalogLists[typeof name]>)
      const mantle = names.includes('mantle') ? read('mantle') : undefined
      await Promise.all(names.filter((name) => name !== 'mantle').map(read))
      join()
      // Another host, which many networks do not reach: nobody waits for it.
      await mantle
      join()
    } catch (error) {
      client = undefined
      note('client', error as Error)
    }
    tellNews()
  }

  function join(): void {
    if (Object.keys(lists).length === 0) return
    joined = joinLists(lists)
    firstJoined.resolve()
  }

  /** A profile is told of in its own region only. */
  function clientOf(arn: string): Promise<ListCalls> {
    const region = regionOfArn(arn)
    if (region === undefined || region === options.region || options.regions?.includes(region) !== true) {
      client ??= createListCalls(options)
      return client
    }
    const other = others.get(region) ?? createListCalls({ ...options, region })
    others.set(region, other)
    return other
  }

  const lookup = createLookup({
    now,
    closed: closed.signal,
    async ask(arn, signal) {
      return applicationProfile(await (await clientOf(arn)).profile(arn, signal), joined?.known ?? NOTHING)
    }
  })

  function all(): ReadonlyMap<string, ModelInfo> {
    const listed = joined?.known ?? NOTHING
    const { found } = lookup
    if (found.size === 0) return listed
    if (merged?.listed !== listed || merged.found !== found) merged = { listed, found, map: new Map([...found, ...listed]) }
    return merged.map
  }

  function refresh(): Promise<void> {
    running ??= readAll().finally(() => {
      dueAt = now() + (isHopeful() ? RETRY_MS : REFRESH_MS)
      running = undefined
    })
    return running
  }

  /** A list is missing, and may be there soon. */
  function isHopeful(): boolean {
    return [...failures].some(
      // Many regions have no mantle, and their accounts lack nothing.
      ([name, error]) => name !== 'mantle' && (name === 'client' || lists[name] === undefined) && !LASTING.has(error.name)
    )
  }

  function refreshWhenDue(): void {
    if (running === undefined && now() >= dueAt && !closed.signal.aborted) void refresh()
  }

  return {
    async list() {
      refreshWhenDue()
      if (joined === undefined) await Promise.race([running, firstJoined.promise])
      if (joined === undefined) throw noList(failures)
      const at = now() / 1000
      return joined.models.filter(({ endOfLife }) => endOfLife === undefined || endOfLife > at)
    },
    first() {
      if (joined !== undefined) return undefined
      refreshWhenDue()
      if (running === undefined) return undefined
      const read = Promise.race([running, firstJoined.promise])
      // Late or not, what is known by then decides, and Bedrock tells the caller of a name that it does not know.
      return within(read, { ms: FIRST_MS, late: () => new Error('no list yet') }).catch(() => undefined)
    },
    get known() {
      refreshWhenDue()
      return all()
    },
    hides: (id) => lookup.wants(id) && joined?.known.has(id) !== true,
    learn: lookup.learn,
    refresh,
    close() {
      closed.abort()
      for (const made of [client, ...others.values()]) made?.then((calls) => calls.close()).catch(() => {}) // what was never made needs no closing
    }
  }
}

function noList(failures: ReadonlyMap<string, Error>): GatewayError {
  const cause = failures.get('client') ?? failures.get('foundation')
  if (cause === undefined) return new GatewayError('unavailable', 'The models have not been listed yet; try again shortly.')
  if (cause.name === 'CredentialsProviderError')
    return new GatewayError('upstream_auth', 'The gateway has no valid AWS credentials to list models with.', { cause })
  const { httpStatusCode: status, requestId } =
    (cause as { $metadata?: { httpStatusCode?: number; requestId?: string } }).$metadata ?? {}
  if (status === undefined) return new GatewayError('unavailable', 'The models cannot be listed at the moment.', { cause })
  return awsError({
    status,
    type: cause.name,
    message: cause.message,
    model: 'list',
    ...(requestId === undefined ? {} : { requestId })
  })
}

/** An error's kind; of a socket's or a resolver's, which all have the same, what it says: it names the host. */
function reasonOf({ name, message }: Error): string {
  return name === 'Error' ? message : name
}
