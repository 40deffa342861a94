import type { FastifyInstance } from 'fastify'

/** What OpenAI-compatible servers say for a key without a budget; a client that computes what is left must not find nothing. */
const NO_LIMIT_USD = 100_000_000

/**
 * `GET /dashboard/billing/subscription` and `/usage`: NextChat's balance query and the like ask them by reflex.
 * Adit keeps no accounts, so the answer is an unlimited budget of which nothing is used.
 */
export async function billing(app: FastifyInstance): Promise<void> {
  app.get('/dashboard/billing/subscription', () => ({
    object: 'billing_subscription',
    has_payment_method: true,
    soft_limit_usd: NO_LIMIT_USD,
    hard_limit_usd: NO_LIMIT_USD,
    system_hard_limit_usd: NO_LIMIT_USD,
    access_until: 0
  }))
  app.get('/dashboard/billing/usage', () => ({ object: 'list', daily_costs: [], total_usage: 0 }))
}
