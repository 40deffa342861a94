import { setTimeout as sleep } from 'node:timers/promises'
import { type Cancel, signalOf } from '../../core/cancel.ts'
import { GatewayError } from '../../errors.ts'
import { remedyFor, withRetryAfter } from '../transport/aws-error.ts'
import { isUnreachable, leftError, networkError } from '../transport/network-error.ts'
import { Held } from './admissions.ts'
import type { Breaker } from './breaker.ts'
import { type Candidate, placeKey } from './candidate.ts'
import type { BedrockObserver } from './observer.ts'

export interface AttemptPolicy {
  /** Calls of one candidate for one request, at least 1. */
  readonly maxAttempts: number
  /** No call begins later than this after the request came; milliseconds. */
  readonly deadlineMs: number
  /** Throttled calls for which a ledger expects room are made again as long as there is time, however many they are. */
  readonly isPatient?: boolean
  readonly breaker: Breaker
  readonly observer: BedrockObserver
  /** Milliseconds of a clock that does not go back. */
  readonly now: () => number
  /** 0 to 1. */
  readonly random: () => number
}

export interface Attempted<T> {
  readonly value: T
  readonly candidate: Candidate
  /** Calls that were made, the successful one included. */
  readonly attempts: number
}

/** What `attempt` does once for each call. It must fail before it shows the caller anything, and throws GatewayError. */
export type Work<T> = (candidate: Candidate) => Promise<T>

/** Full jitter: a random part of `base * 2^n`. Milliseconds; a throttle needs more time to pass than a broken connection. */
const BASE_MS = 50
const THROTTLED_BASE_MS = 500
const LONGEST_WAIT_MS = 20_000

/**
 * Calls one candidate after the other until one answers: each up to `maxAttempts` times where that can help, then the next.
 * Candidates whose breaker is open are passed over. Throws the error that tells the caller most: one that may pass, before one
 * that will not. Nothing is called again once `work` has resolved.
 */
export async function attempt<T>(
  candidates: readonly Candidate[],
  policy: AttemptPolicy,
  signal: Cancel,
  work: Work<T>
): Promise<Attempted<T>> {
  const { breaker, now } = policy
  const run = { policy, signal, work, until: now() + policy.deadlineMs, calls: 0 }
  let failure: GatewayError | undefined
  let last = candidates[0]
  let isPushed = false
  for (const candidate of candidates) {
    const place = placeKey(candidate)
    if (now() > run.until || !breaker.admits(place)) continue
    const outcome = await tryCandidate(run, candidate)
    if ('value' in outcome) {
      breaker.succeeded(place)
      candidate.listener?.answered(isPushed)
      return { value: outcome.value, candidate, attempts: run.calls }
    }
    const { error } = outcome
    if (signal.aborted) {
      breaker.withdrew(place)
      throw havingTried(error, candidate, run.calls)
    }
    if (outcome.isHeld === true) breaker.withdrew(place)
    else tellBreaker(breaker, place, error, candidates.length === 1)
    isPushed ||= FULL.has(error.kind)
    if (LACKING.has(error.kind)) candidate.listener?.lacking()
    failure = failure === undefined || (mayPass(error) && !mayPass(failure)) ? error : failure
    last = candidate
    if (remedyFor(error) === 'none') throw havingTried(error, candidate, run.calls)
  }
  throw havingTried(withRetryAfter(failure ?? allSkipped(candidates, breaker)), last, run.calls)
}

function havingTried(error: GatewayError, last: Candidate | undefined, attempts: number): GatewayError {
  if (last !== undefined) error.tried = { model: last.target.id, region: last.transport.region, attempts }
  return error
}

function mayPass(error: GatewayError): boolean {
  return remedyFor(error) === 'again'
}

// A throttled model is healthy. With nowhere else to go it is asked again; with other regions it is better left alone for a while.
function tellBreaker(breaker: Breaker, place: string, error: GatewayError, alone: boolean): void {
  if (mayPass(error) && !(alone && error.kind === 'rate_limited'))
    breaker.failed(place, error.kind === 'rate_limited' || isUnreachable(error))
  else breaker.succeeded(place)
}

function allSkipped(candidates: readonly Candidate[], breaker: Breaker): GatewayError {
  const waitMs = Math.min(...candidates.map((candidate) => breaker.waitMs(placeKey(candidate))))
  return new GatewayError('unavailable', 'The model has failed repeatedly and is left alone for a moment; please try again', {
    retryAfterS: Math.max(1, Math.ceil(waitMs / 1000))
  })
}

interface Run<T> {
  readonly policy: AttemptPolicy
  readonly signal: Cancel
  readonly work: Work<T>
  readonly until: number
  calls: number
}

/** `isHeld`: the last call was not made, since the pool has no room for it. */
type Outcome<T> = { readonly value: T } | { readonly error: GatewayError; readonly isHeld?: true }

/** The place has no room, and will not have it at once. */
const FULL: ReadonlySet<GatewayError['kind']> = new Set(['rate_limited', 'quota_exceeded'])
/** The place has not what is asked for, or not for this gateway. */
const LACKING: ReadonlySet<GatewayError['kind']> = new Set(['access_denied', 'model_not_found', 'upstream_auth'])
/** What is another place's luck: a quota that is used up, a model without capacity, one that stalls. */
const MOVES: ReadonlySet<GatewayError['kind']> = new Set(['rate_limited', 'unavailable', 'upstream_timeout'])

async function tryCandidate<T>(run: Run<T>, candidate: Candidate): Promise<Outcome<T>> {
  let renewed = false
  for (let tried = 1; ; tried++) {
    run.calls++
    try {
      return { value: await run.work(candidate) }
    } catch (thrown) {
      if (thrown instanceof Held) {
        run.calls--
        return { error: thrown.error, isHeld: true }
      }
      const error = networkError(thrown)
      const remedy = remedyFor(error)
      const mayWait = error.room === undefined || error.room.isSoon
      const isPatient = run.policy.isPatient === true && error.room !== undefined
      const isElsewhere = candidate.hasEqual === true && MOVES.has(error.kind)
      const may =
        (remedy === 'again' && mayWait && !isElsewhere && (tried < run.policy.maxAttempts || isPatient)) ||
        (remedy === 'credentials' && !renewed)
      const again = may && !run.signal.aborted
      renewed ||= remedy === 'credentials'
      const waitMs = again ? backoffMs(run.policy, error, tried) : Number.POSITIVE_INFINITY
      const retried = run.policy.now() + waitMs <= run.until
      observeError(run, candidate, error, retried)
      if (!retried) return { error }
      const left = await pause(waitMs, run.signal)
      if (left !== undefined) return { error: left }
    }
  }
}

/** Where a ledger knows of the refusal, it is the ledger that lets the next call wait. */
function backoffMs(policy: AttemptPolicy, error: GatewayError, tried: number): number {
  const toldMs = (error.retryAfterS ?? 0) * 1000
  if (error.room !== undefined) return toldMs
  const base = error.kind === 'rate_limited' || error.kind === 'unavailable' ? THROTTLED_BASE_MS : BASE_MS
  const jitter = policy.random() * Math.min(base * 2 ** (tried - 1), LONGEST_WAIT_MS)
  return Math.max(jitter, toldMs)
}

function observeError<T>(run: Run<T>, { transport, target, pool }: Candidate, error: GatewayError, retried: boolean): void {
  run.policy.observer.upstreamError?.({
    region: transport.region,
    model: target.id,
    ...(pool === undefined ? {} : { pool }),
    kind: error.kind,
    ...(error.throttle === undefined ? {} : { throttle: error.throttle }),
    attempt: run.calls,
    retried,
    cause: error.cause
  })
}

/** Waits, unless the caller leaves; then it gives the error that says so. */
async function pause(ms: number, signal: Cancel): Promise<GatewayError | undefined> {
  try {
    await sleep(ms, undefined, { signal: signalOf(signal) })
    return undefined
  } catch {
    return leftError(signal)
  }
}
