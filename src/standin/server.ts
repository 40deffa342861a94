import { randomUUID } from 'node:crypto'
import type { BillLine } from './bill.ts'
import { type AnyRequest, type AnyResponse, type Exchange, openExchange } from './exchange.ts'
import { findFault } from './faults.ts'
import type { ListedQuota } from './listed-quotas.ts'
import { type Listener, listen } from './listen.ts'
import {
  ACCOUNT,
  CREDENTIALS,
  REGION,
  type RecordedRequest,
  type S3Object,
  type ScriptedAnswer,
  type StandinOptions
} from './options.ts'
import { poolKey } from './place.ts'
import type { QuotaCounters } from './quota-pool.ts'
import type { PoolPlace, QuotaSetting } from './quotas.ts'
import { resolveModel } from './resolve.ts'
import { answerRoute, findRoute, type Route } from './router.ts'
import { makeWorld, type World } from './world.ts'

export type { RecordedRequest, ScriptedAnswer, StandinOptions } from './options.ts'

/** A running stand-in and the handles a test holds it by. */
export interface Standin {
  readonly url: string
  readonly port: number
  /** What a process needs in its environment to call the stand-in as if it were AWS. */
  readonly env: Record<string, string>
  /** Every request seen, in order. */
  readonly requests: RecordedRequest[]
  /** What the account pays for every call, in the order in which they ended; the gateway never sees it. */
  readonly bill: readonly BillLine[]
  /** The next calls of this model, by the id as called, give these answers in turn; the last one repeats. */
  answer(modelId: string, ...answers: ScriptedAnswer[]): void
  /** The next calls of this model, by the id as called, meet these faults in turn; `none` lets one pass. */
  fail(modelId: string, ...faults: string[]): void
  setParameter(name: string, value: string): void
  setSecret(name: string, value: string): void
  deny(operation: string, on: boolean): void
  throttle(operation: string, on: boolean): void
  /** S3 waits so long before each answer; its objects by key. */
  delayS3(ms: number): void
  objects(bucket: string): ReadonlyMap<string, S3Object>
  /** Cache points in calls of this model, by the id as called, are refused as the account's matter. */
  denyCaching(modelId: string, exception: 'AccessDeniedException' | 'ValidationException'): void
  /**
   * Limits the quota of a pool from now on: of a model as it is called (`us.…`, a bare id, an ARN), or `mantle:` and a base id. Without a
   * place in every account and Region, each of which has a pool of its own.
   */
  setQuota(called: string, quota: QuotaSetting, place?: PoolPlace): void
  /** What a judge may read of a pool, as CloudWatch counts. */
  counters(called: string, place?: PoolPlace): QuotaCounters
  /** Lets time pass for quota, cache and bill. */
  turn(ms: number): void
  /** Quotas as Service Quotas lists them, in place of those that the stand-in knows. */
  listQuotas(...quotas: ListedQuota[]): void
  /** Model calls whose response is neither finished nor aborted. */
  inFlight(): number
  close(): Promise<void>
}

/** Starts a stand-in for Bedrock and its neighbours on one port. */
export async function startStandin(given: StandinOptions = {}): Promise<Standin> {
  const world = makeWorld(given)
  const { host, port } = world.options
  const listener = await listen(host, port, (request, response) => void serve(request, response, world))
  return handles(world, listener)
}

async function serve(request: AnyRequest, response: AnyResponse, world: World): Promise<void> {
  const startedAt = Date.now()
  try {
    const exchange = await openExchange(request, response, randomUUID())
    const route = findRoute(exchange)
    const record = makeRecord(exchange, route, startedAt)
    world.requests.push(record)
    follow(response, { exchange, record, world })
    const { listDelayMs } = world.options
    if (listDelayMs > 0 && route.operation.startsWith('List')) await exchange.wait(listDelayMs)
    await answerRoute(route, exchange, world)
  } catch (error) {
    // A request cut off while it was read is nobody's fault; anything else is a bug of the stand-in and must be seen.
    if (!request.destroyed || request.complete) console.error(error)
    response.destroy()
  }
}

function makeRecord(exchange: Exchange, route: Route, startedAt: number): RecordedRequest {
  return {
    id: exchange.requestId,
    operation: route.operation,
    ...(route.modelId === undefined ? {} : { modelId: route.modelId }),
    method: exchange.method,
    path: exchange.target,
    headers: { ...exchange.headers },
    body: looseJson(exchange.body),
    bodyText: exchange.body.toString('utf8'),
    startedAt,
    aborted: false,
    finished: false
  }
}

function looseJson(body: Buffer): unknown {
  try {
    return body.length === 0 ? undefined : JSON.parse(body.toString('utf8'))
  } catch {
    return body.toString('utf8')
  }
}

function follow(
  response: AnyResponse,
  { exchange, record, world }: { exchange: Exchange; record: RecordedRequest; world: World }
): void {
  // On HTTP/2 Node says `finish` of a cancelled response too; the stream's own code tells the difference.
  const stream = 'stream' in response ? response.stream : undefined
  let complete = false
  if (record.modelId !== undefined) world.inFlight.add(record.id)
  response.once('finish', () => {
    complete = stream === undefined || stream.rstCode === 0
    if (complete) world.inFlight.delete(record.id)
    record.finished = complete
  })
  response.once('close', () => {
    world.inFlight.delete(record.id)
    record.aborted = !complete && !exchange.wasReset()
    record.finished = !record.aborted
  })
}

function handles(world: World, listener: Listener): Standin {
  const url = `http://${world.options.host === '0.0.0.0' ? '127.0.0.1' : world.options.host}:${listener.port}`
  return {
    url,
    port: listener.port,
    env: environment(url),
    requests: world.requests,
    bill: world.bill,
    answer: (modelId, ...answers) => void world.answers.set(modelId, answers),
    fail(modelId, ...faults) {
      for (const fault of faults) if (fault !== 'none') findFault(fault)
      world.faults.set(modelId, faults)
    },
    setParameter: (name, value) => void world.parameters.set(name, [...(world.parameters.get(name) ?? []), value]),
    setSecret: (name, value) => void world.secrets.set(name, value),
    deny: (operation, on) => void (on ? world.denied.add(operation) : world.denied.delete(operation)),
    throttle: (operation, on) => void (on ? world.throttled.add(operation) : world.throttled.delete(operation)),
    denyCaching: (modelId, exception) => void world.uncached.set(modelId, exception),
    delayS3(ms) {
      world.s3DelayMs = ms
    },
    objects: (bucket) => world.objects.get(bucket) ?? new Map(),
    setQuota: (called, quota, place = {}) => world.quotas.set(keyOf(called), quota, place),
    counters: (called, { account = ACCOUNT, region = REGION, isReserved = false } = {}) =>
      world.quotas.counters(keyOf(called), { account, region }, isReserved),
    turn: (ms) => world.clock.turn(ms),
    listQuotas: (...quotas) => void world.listedQuotas.splice(0, Number.POSITIVE_INFINITY, ...quotas),
    inFlight: () => world.inFlight.size,
    close: () => listener.close()
  }
}

/** The pool of a model as it is called. */
const keyOf = (called: string) => (/^(?:mantle|od):/.test(called) ? called : poolKey(called, resolveModel(called)))

function environment(url: string): Record<string, string> {
  return {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url,
    AWS_ENDPOINT_URL_BEDROCK: url,
    AWS_ENDPOINT_URL_BEDROCK_MANTLE: `${url}/mantle`,
    AWS_ENDPOINT_URL_SSM: url,
    AWS_ENDPOINT_URL_S3: url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
    AWS_ENDPOINT_URL_SERVICE_QUOTAS: url,
    AWS_EC2_METADATA_DISABLED: 'true'
  }
}
