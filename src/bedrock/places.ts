import { OwnedMap } from '../core/bounded.ts'
import { rendezvous, type Weighted } from '../core/rendezvous.ts'
import { GatewayError } from '../errors.ts'
import { geographyOf } from '../models/base-model.ts'
import { geographies } from '../models/geography.ts'
import type { ModelTarget } from '../models/model-target.ts'
import { type Residency, staysWithin } from '../models/residency.ts'
import { regionOfArn, targetIn } from '../models/resolve.ts'
import { type TraitRow, traitsFor } from '../models/traits.ts'
import { type Candidate, type FindCandidates, type PlaceListener, type Placing, placeKey } from './run/candidate.ts'
import type { Transport } from './transport/transport.ts'

/** A pool of quota: an account in a Region, through profiles of one kind. */
export interface Pool {
  /** For the log, the answer's header and the operator; no two are the same. */
  readonly name: string
  readonly region: string
  /** The role to take for its calls; absent: the gateway's own. */
  readonly roleArn?: string
  readonly externalId?: string
  /** `geo`, `global`: the profile of this kind where the model has one; `none`: the model in its Region alone; absent: as the model is asked for. */
  readonly profile?: 'geo' | 'global' | 'none'
  /** Its share of conversations, beside those of the others; 0: only what others do not take. */
  readonly weight: number
}

/** A pool and the way to it. */
export interface PoolPlace extends Pool {
  readonly transport: Transport
}

export interface PlacesOptions {
  /** In order of preference. */
  readonly transports: readonly Transport[]
  /** Empty: the transports are used in their order. */
  readonly pools: readonly PoolPlace[]
  readonly traitRows: readonly TraitRow[]
  /** Where the requests of a key may go, by its name; undefined: anywhere. */
  readonly residencyOf: (owner: string) => Residency | undefined
  /** Milliseconds of a clock that does not go back. */
  readonly now: () => number
}

/**
 * Makes what finds the places for a request: every place for the first target, then for the next. What belongs to one region, as every ARN
 * does, is called there and nowhere else. With pools a conversation has its own order of them, the same for each of its turns, so that it
 * comes back to where its prefix is cached. No place is ever outside of what the key may leave: rather there is none, and a 403.
 */
export function createPlaces({ transports, pools, traitRows, residencyOf, now }: PlacesOptions): FindCandidates {
  const inOrder = createOrdered(transports)
  const pooled = createPooled(pools, traitRows, now)
  return (targets, placing) => {
    const residency = residencyOf(placing.owner)
    const found = pools.length === 0 ? inOrder(targets) : pooled(targets, placing)
    if (residency === undefined) return pools.length === 0 ? found : withEquals(found)
    const kept = found.filter(({ transport: { region }, target: { id } }) => staysWithin(residency, { region, id }))
    if (kept.length === 0) throw outside(residency)
    return pools.length === 0 ? kept : withEquals(kept)
  }
}

type FindTargets = (targets: readonly ModelTarget[]) => readonly Candidate[]

/** Without pools: the regions in their order. An inference profile is called in the regions of its geography. */
function createOrdered(transports: readonly Transport[]): FindTargets {
  function placesOf(target: ModelTarget): readonly Candidate[] {
    const region = regionOf(target)
    const own = region === undefined ? transports : transports.filter((transport) => ['', region].includes(transport.region))
    const everywhere = own.map((transport) => ({ transport, target }))
    const possible = own.flatMap((transport) => {
      const local = targetIn(transport.region, target)
      return local === undefined ? [] : [{ transport, target: local }]
    })
    return possible.length > 0 ? possible : everywhere
  }

  return (targets) => {
    const [only, ...others] = transports
    if (only !== undefined && others.length === 0 && targets.every((target) => regionOf(target) === undefined))
      return targets.map((target) => ({ transport: only, target }))
    const found = targets.flatMap((target) => placesOf(target))
    if (found.length === 0) throw foreignRegion(targets, transports)
    return found
  }
}

function createPooled(pools: readonly PoolPlace[], traitRows: readonly TraitRow[], now: () => number): FindCandidates {
  const transports = pools.map(({ transport }) => transport)
  const memory = createPlaceMemory(now)

  function placesOf(target: ModelTarget, placing: KeyedPlacing): readonly Candidate[] {
    const held = pools.filter((pool) => mayHold(pool, target))
    const able = fitting(held, target)
    const key = able.length > 1 ? `${placing.key()}\n${target.baseId}` : ''
    const seen = new Set<string>()
    const found = rendezvous(able, key).flatMap(({ pool, own }) => {
      const { transport, name, roleArn } = pool
      const place = `${pool.region} ${roleArn} ${own.id}`
      if (seen.has(place)) return []
      seen.add(place)
      const account = accountOf(roleArn)
      return [{ transport, target: own, pool: name, ...(account === undefined ? {} : { account }) }]
    })
    return found.length > 1 ? memory.ordered(found, key, placing) : found
  }

  function fitting(held: readonly PoolPlace[], target: ModelTarget): readonly Fitting[] {
    const found = held.flatMap((pool) => fittingOf(pool, targetOf(pool, target, traitRows)))
    if (found.length > 0) return found
    // A profile that the caller names is called through pools of the other kind before it is refused.
    const others = held.filter(({ profile }) => profile !== 'none')
    return others.flatMap((pool) => fittingOf(pool, targetIn(pool.region, target)))
  }

  return (targets, placing) => {
    let key: string | undefined
    const keyed = { ...placing, key: () => (key ??= `${placing.owner}\n${placing.beginning()}`) }
    const found = targets.flatMap((target) => placesOf(target, keyed))
    if (found.length > 0) return found
    if (targets.some((target) => regionOf(target) !== undefined)) throw foreignRegion(targets, transports)
    throw new GatewayError('unsupported_value', 'None of the pools of this gateway can call this model.', { field: 'model' })
  }
}

interface KeyedPlacing extends Placing {
  /** Of the conversation, for whatever model. */
  readonly key: () => string
}

const MOST_MOVED = 10_000
const MOST_LACKING = 1000
/** What a place lacks for a caller is asked for again after this. */
const LACKING_MS = 60_000

/**
 * Remembers what the draw cannot know: where conversations are warm that found no room at home (they stay there until nothing of them is
 * kept any more, as each move writes their prompt anew), and what a place has refused to a caller's requests.
 */
function createPlaceMemory(now: () => number) {
  const moved = new OwnedMap<string, { readonly pool: string | undefined; readonly until: number }>(MOST_MOVED)
  const lacking = new OwnedMap<string, number>(MOST_LACKING)

  function isLacking(owner: string, candidate: Candidate): boolean {
    return (lacking.get(owner, placeKey(candidate)) ?? 0) > now()
  }

  function listenerOf(candidate: Candidate, key: string, { owner, keptMs }: Placing): PlaceListener {
    const { pool } = candidate
    return {
      answered(isPushed) {
        lacking.delete(owner, placeKey(candidate))
        if (isPushed || moved.get(owner, key)?.pool === pool) moved.set(owner, key, { pool, until: now() + keptMs() })
      },
      lacking: () => lacking.set(owner, placeKey(candidate), now() + LACKING_MS)
    }
  }

  return {
    /** What is warm first, what lacks last. */
    ordered(found: readonly Candidate[], key: string, placing: Placing): readonly Candidate[] {
      const known = moved.get(placing.owner, key)
      const warm = known !== undefined && known.until > now() ? known.pool : undefined
      if (known !== undefined && warm === undefined) moved.delete(placing.owner, key)
      const rank = (candidate: Candidate) => (isLacking(placing.owner, candidate) ? 2 : candidate.pool === warm ? 0 : 1)
      return found
        .map((candidate) => ({ ...candidate, listener: listenerOf(candidate, key, placing) }))
        .sort((a, b) => rank(a) - rank(b))
    }
  }
}

/** A pool, and a target as it calls it. */
interface Fitting extends Weighted {
  readonly pool: PoolPlace
  readonly own: ModelTarget
}

function fittingOf(pool: PoolPlace, own: ModelTarget | undefined): readonly Fitting[] {
  return own === undefined ? [] : [{ name: pool.name, weight: pool.weight, pool, own }]
}

/** Another model is a way out, and no equal. */
function withEquals(found: readonly Candidate[]): readonly Candidate[] {
  return found.map((one, index) => (found[index + 1]?.target.baseId === one.target.baseId ? { ...one, hasEqual: true } : one))
}

/** Whether what belongs to a region and an account is there. */
function mayHold({ region, roleArn }: PoolPlace, target: ModelTarget): boolean {
  const own = regionOf(target)
  if (own !== undefined && own !== region) return false
  const [, , , , account = ''] = target.id.startsWith('arn:') ? target.id.split(':', 5) : []
  const theirs = accountOf(roleArn)
  return account === '' || theirs === undefined || theirs === account
}

/** The account of a role. */
export function accountOf(roleArn: string | undefined): string | undefined {
  return roleArn?.split(':', 5)[4]
}

/** A target as a pool calls it; undefined: it does not. */
function targetOf({ region, profile }: PoolPlace, target: ModelTarget, traitRows: readonly TraitRow[]): ModelTarget | undefined {
  const { id, baseId, isMantleOnly, anyGeography } = target
  if (id.startsWith('arn:') || isMantleOnly === true) return target
  if (profile === undefined) return targetIn(region, target)
  const geography = geographyOf(id)
  const near = geographies(region)
  const isOfKind = (name: string) => (name === 'global') === (profile === 'global')
  if (anyGeography === undefined && (geography !== undefined || id !== baseId))
    return geography === undefined || (profile !== 'none' && isOfKind(geography) && near.includes(geography)) ? target : undefined
  if (profile === 'none') return anyGeography === undefined ? target : undefined
  const { profiles, profileOnly } = traitsFor(baseId, traitRows)
  const own = near.find((name) => isOfKind(name) && (profiles.includes(name) || name === geography))
  if (own !== undefined) return { ...target, id: `${own}.${baseId}` }
  return anyGeography === undefined && !profileOnly ? target : undefined
}

/** The one region that a target belongs to; undefined: it may be called in any. */
function regionOf({ id, region }: ModelTarget): string | undefined {
  return region ?? regionOfArn(id)
}

function foreignRegion(targets: readonly ModelTarget[], transports: readonly Transport[]): GatewayError {
  const theirs = [...new Set(targets.map(regionOf))].join(', ')
  const ours = [...new Set(transports.map(({ region }) => region))].join(', ')
  return new GatewayError(
    'unsupported_value',
    `This model belongs to the region ${theirs}, which the gateway does not call; it calls ${ours}.`,
    { field: 'model' }
  )
}

function outside({ regions = [], within = [] }: Residency): GatewayError {
  const places = [...new Set([...regions, ...within])].join(', ')
  return new GatewayError(
    'model_not_allowed',
    `This model cannot be called without leaving where this API key may be used: ${places}.`,
    { field: 'model' }
  )
}
