import type { Ticket } from '../../quota/pool-ledger.ts'
import type { Admissions, Wanted } from './admissions.ts'
import type { Candidate } from './candidate.ts'

/** A call that takes its turn. */
export interface Turn extends Omit<Wanted, 'candidate' | 'until'> {
  readonly admissions: Admissions
  readonly candidate: Candidate
  /** It waits for room no longer, on the clock of the admissions; where another place is as good not at all. */
  readonly queueUntil: number
}

/**
 * Calls as soon as its pool of quota has room, and tells the ledger what came of it. `begun` has to end the ticket, once the answer is
 * over, and gives what is handed on. Throws Held, and what `send` throws.
 */
export async function inTurn<T>(
  { admissions, run, candidate, tokens, queueUntil }: Turn,
  send: () => Promise<T>,
  begun: (value: T, ticket: Ticket) => T
): Promise<T> {
  const until = candidate.hasEqual === true ? 0 : queueUntil
  const entered = admissions.enter({ run, candidate, tokens, until })
  const ticket = entered instanceof Promise ? await entered : entered
  try {
    const value = await send()
    ticket.taken()
    return begun(value, ticket)
  } catch (error) {
    admissions.failed(ticket, error, until)
    throw error
  }
}
