import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { type Budget, type BudgetLedger, createBudgetLedger, type Spending } from '../../budgets/budget-ledger.ts'
import type { BudgetStore } from '../../budgets/budget-store.ts'
import { createMemoryStore } from '../../budgets/memory-store.ts'
import { PERIODS } from '../../budgets/period.ts'
import { createValkeyStore } from '../../budgets/valkey-store.ts'
import { CHARACTERS_PER_TOKEN } from '../../core/guess-prompt.ts'
import { NANO_PER_DOLLAR, NO_USAGE, type Usage } from '../../core/usage.ts'
import { GatewayError } from '../../errors.ts'
import type { PaidTerms } from '../../http/paid-terms.ts'
import type { ApiKey } from '../../keys/key-set.ts'
import type { Answered } from '../../prices/pricer.ts'
import { connectValkey } from '../../stores/connect-valkey.ts'

/** What a request may use at most. Tokens. */
export interface MostUsed {
  /** Models it may be sent to. */
  readonly models: readonly { readonly id: string }[]
  readonly input: number
  /** Or how to find out, where that takes work. */
  readonly output: number | (() => Promise<number>)
  /** Texts, for what is paid by them. */
  readonly texts?: number
  /** Pictures that are made; then no token is paid. */
  readonly images?: number
  /** What makes it dearer, asked for only where there is a budget; absent: nothing. */
  readonly terms?: () => PaidTerms | Promise<PaidTerms>
}

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Takes what a request may cost at most from its key's budget. Throws 429 `quota_exceeded` where that is used up. Undefined at once for
     * keys without a budget.
     */
    holdBudget(request: FastifyRequest, reply: FastifyReply, most: MostUsed): undefined | Promise<void>
  }
  interface FastifyRequest {
    /** What it has taken from its key's budget; undefined: nothing. */
    spending: Spending | undefined
  }
}

const PLAIN: PaidTerms = {}

/** The guess of a prompt may be short, and writing it to the cache costs a quarter more. */
const MARGIN = 1.25
/** What providers add to a prompt: Anthropic documents some hundred tokens of instructions for tools (2026-08). */
const ADDED = 1000
/** Longer than the event loop of a busy process lags: what is not counted in time is not held. Milliseconds. */
const STORE_TIMEOUT_MS = 3000
/** A store that is down is told so often, and not for each request. */
const WARN_EVERY_MS = 60_000

/** What each key may spend. */
export const budgets = fp(
  async (app: FastifyInstance) => {
    const { day, week, month, unpriced } = app.config.budgets
    const usual = toBudget({
      ...(day !== undefined && { day }),
      ...(week !== undefined && { week }),
      ...(month !== undefined && { month })
    })
    const own = new WeakMap<ApiKey, Budget | undefined>()
    const ledger = makeLedger(app)

    function budgetOf(key: ApiKey | undefined): Budget | undefined {
      if (key?.budgetUsd === undefined) return usual
      if (!own.has(key)) own.set(key, toBudget(key.budgetUsd))
      return own.get(key)
    }

    app.decorateRequest('spending', undefined)
    app.decorate('holdBudget', (request, reply, most) => {
      const budget = budgetOf(request.apiKey)
      return budget === undefined ? undefined : hold(request, reply, most, budget)
    })

    app.onOver((request) => settle(request))

    function hold(request: FastifyRequest, reply: FastifyReply, most: MostUsed, budget: Budget): undefined | Promise<void> {
      const output = typeof most.output === 'number' ? most.output : most.output()
      const terms = most.terms?.() ?? PLAIN
      if (typeof output === 'number' && !(terms instanceof Promise))
        return take(request, reply, budget, dearest(most, output, terms))
      return Promise.all([output, terms]).then(([tokens, found]) => take(request, reply, budget, dearest(most, tokens, found)))
    }

    function take(
      request: FastifyRequest,
      reply: FastifyReply,
      budget: Budget,
      nano: number | undefined
    ): undefined | Promise<void> {
      if (nano === 0) return undefined // a price of nothing takes nothing
      const found = ledger()
      const spending =
        found instanceof Promise
          ? found.then((made) => reserve(made, request, budget, nano))
          : reserve(found, request, budget, nano)
      return spending instanceof Promise ? spending.then((held) => begin(request, reply, held)) : begin(request, reply, spending)
    }

    /** What a request may cost with the dearest of its models, nano-dollars; undefined: no price is known, and it may pass all the same. */
    function dearest(most: MostUsed, output: number, terms: PaidTerms): number | undefined {
      let nano = -1
      let isUnpriced = false
      for (const { id } of most.models) {
        const own = costAt(app, id, most, output, terms)
        if (own === null) isUnpriced = true
        else nano = Math.max(nano, own)
      }
      if (unpriced === 'refuse' && isUnpriced) {
        const message = 'No price is known for this model, and this API key has a budget; the operator can give it a price.'
        throw new GatewayError('model_not_allowed', message, { field: 'model' })
      }
      if (nano < 0) return undefined
      return isUnpriced ? Math.max(1, nano) : nano
    }
  },
  { name: 'budgets', dependencies: ['costs', 'metrics', 'auth'] }
)

function reserve(
  ledger: BudgetLedger,
  { apiKey, record }: FastifyRequest,
  budget: Budget,
  nano = 0
): Spending | Promise<Spending> {
  if (ledger.keepsUses) record.uses = new Map()
  return ledger.reserve(apiKey?.name ?? '', budget, nano)
}

function begin(request: FastifyRequest, reply: FastifyReply, spending: Spending): undefined {
  request.spending = spending
  // A client that has left meanwhile would hold its part for ever.
  if (reply.raw.closed) settle(request)
  else tell(reply, spending)
}

function settle({ spending, record }: FastifyRequest): void {
  spending?.settle((record.costNano ?? 0) + (record.partNano ?? 0), record.uses)
}

function tell(reply: FastifyReply, { headers }: Spending): void {
  for (let at = 0; at < headers.length; at += 2) reply.header(headers[at]!, headers[at + 1])
}

/** What it may cost with one model; null: that has no price. */
function costAt(app: FastifyInstance, model: string, most: MostUsed, outputTokens: number, terms: PaidTerms): number | null {
  const { input, texts = 0, images = 0 } = most
  const inputTokens = images > 0 ? 0 : Math.ceil((input + ADDED) * MARGIN)
  const called = { model, region: app.bedrock.region }
  const usage = { ...NO_USAGE, inputTokens, outputTokens }
  const { nano, unpriced } = app.priceOf(called, { usage, texts, images })
  // Models that write nothing have no price for it.
  if (unpriced === 'output') return app.priceOf(called, { usage: { ...NO_USAGE, inputTokens }, texts }).nano
  if (nano === null) return null
  let dearest = nano
  // What is asked for may be had or not: where it has no price it is not.
  for (const used of dearerUses(usage, terms, input)) dearest = Math.max(dearest, app.priceOf(called, used).nano ?? 0)
  return terms.isGuarded === true ? dearest + app.mostOfGuardrail((inputTokens + outputTokens) * CHARACTERS_PER_TOKEN) : dearest
}

/**
 * The same tokens on the terms that are asked for, beside the plain ones. Writing for an hour costs twice the input: of a short prompt what is
 * added anyway is more than that.
 */
function dearerUses(plain: Usage, terms: PaidTerms, input: number): readonly Answered[] {
  const { tier, isOptimized = false } = terms
  const keepsHour = terms.keepsHour === true && input > ADDED / 2
  if (tier === undefined && !isOptimized && !keepsHour) return NONE
  const { inputTokens, outputTokens } = plain
  const kept = { ...NO_USAGE, cacheWriteTokens: inputTokens, cacheWriteHourTokens: inputTokens, outputTokens }
  const usages = keepsHour ? [plain, kept] : [plain]
  return [
    ...(keepsHour ? [{ usage: kept }] : []),
    ...usages.flatMap((usage) => [
      ...(tier === undefined ? [] : [{ usage, tier }]),
      ...(isOptimized ? [{ usage, isOptimized }] : [])
    ])
  ]
}

const NONE: readonly Answered[] = []

/** The ledger is made with the first key that has a budget: most gateways have none. */
function makeLedger(app: FastifyInstance): () => BudgetLedger | Promise<BudgetLedger> {
  const { config } = app
  const { redisUrl } = config.limits
  let warnedAt = Number.NEGATIVE_INFINITY
  const storeError = (err: unknown) => {
    if (performance.now() - warnedAt < WARN_EVERY_MS) return
    warnedAt = performance.now()
    const open = config.budgets.storeDown === 'open'
    app.log.warn({ err }, `the store of the budgets does not answer; keys with a budget ${open ? 'pass' : 'are refused'}`)
  }
  const events = {
    state: app.metrics.budgets.state,
    refused: app.metrics.budgets.refused,
    warning(state: Parameters<typeof app.metrics.budgets.state>[0], level: number) {
      app.metrics.budgets.warning(state, level)
      const { key, period } = state
      app.log.warn({ key, period, percent: level }, 'a key has used most of its budget')
    },
    storeError
  }

  function make(): BudgetLedger | Promise<BudgetLedger> {
    if (redisUrl === undefined) return over(createMemoryStore(Date.now))
    const longestMs = config.upstream.totalTimeoutMs + config.upstream.firstEventTimeoutMs
    return connected(redisUrl, storeError).then(
      (client) => (made = over(createValkeyStore({ client, now: Date.now, longestMs })))
    )
  }

  function over(store: BudgetStore): BudgetLedger {
    closers.push(store.close)
    return createBudgetLedger({ store, storeDown: config.budgets.storeDown, note: config.budgets.note, now: Date.now, events })
  }

  const closers: (() => void)[] = []
  app.addHook('onClose', async () => {
    for (const close of closers) close()
  })
  let made: BudgetLedger | Promise<BudgetLedger> | undefined
  return () => (made ??= make())
}

/** The first requests wait for the store, so that a burst at the start is held too; where it is down it says so at once. */
async function connected(url: string, onError: (error: unknown) => void): ReturnType<typeof connectValkey> {
  const client = await connectValkey({ url, onError, commandTimeout: STORE_TIMEOUT_MS })
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, STORE_TIMEOUT_MS)
    function done(): void {
      clearTimeout(timer)
      client.off('ready', done)
      client.off('close', done)
      resolve()
    }
    client.once('ready', done)
    client.once('close', done)
  })
  return client
}

/** Undefined: it names no amount. */
function toBudget(usd: NonNullable<ApiKey['budgetUsd']>): Budget | undefined {
  const nano = PERIODS.flatMap((period) => {
    const dollars = usd[period]
    return dollars === undefined ? [] : [[period, Math.round(dollars * NANO_PER_DOLLAR)] as const]
  })
  return nano.length === 0 ? undefined : Object.fromEntries(nano)
}
