import { type AdminOptions, listSpent, repriceBudgets, resetBudgets, type SpentLine } from './budgets/budget-admin.ts'
import { PERIODS, type Period } from './budgets/period.ts'
import { loadConfig } from './config-report.ts'
import { dollars } from './core/usage.ts'
import { readOperatorPrices } from './operator-prices.ts'
import { connectValkey, QUICK_COMMAND_MS } from './stores/connect-valkey.ts'

const COMMANDS = ['--budget-show', '--budget-reset', '--budget-reprice'] as const

/** Whether the process was started for the budgets of keys. */
export function isBudgetCommand(args: readonly string[]): boolean {
  return COMMANDS.some((command) => args.includes(command))
}

/**
 * `--budget-show [KEY]`, `--budget-reset [KEY] [day|week|month]`, `--budget-reprice [KEY]`: tells, forgets, or prices again what keys have
 * spent in the store of `REDIS_URL`; without a key all of them. Gives what to print. Throws an Error that says what is missing.
 */
export async function runBudgetCommand(args: readonly string[]): Promise<string> {
  const config = await loadConfig()
  const { redisUrl } = config.limits
  if (redisUrl === undefined)
    throw new Error('Budgets are kept in the memory of each process, as REDIS_URL is not set: a restart forgets what was spent.')
  let failure: unknown
  const onError = (error: unknown) => {
    failure = error
  }
  const client = await connectValkey({ url: redisUrl, onError, commandTimeout: QUICK_COMMAND_MS })
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('ready', resolve)
      client.once('close', () => reject(new Error('the store of REDIS_URL does not answer', { cause: failure })))
    })
    const options = { client, now: Date.now(), rows: await readOperatorPrices(config), multiplier: config.prices.multiplier }
    return await run(args, options)
  } finally {
    client.disconnect()
  }
}

async function run(args: readonly string[], options: AdminOptions): Promise<string> {
  const at = args.findIndex((arg) => (COMMANDS as readonly string[]).includes(arg))
  const words = args.slice(at + 1)
  const period = words.find(isPeriod)
  const only = words.find((word) => !isPeriod(word))
  switch (args[at]) {
    case '--budget-reset':
      return `${await resetBudgets(options, { only, period })} counters set to nothing\n`
    case '--budget-reprice': {
      const corrected = await repriceBudgets(options, only)
      return corrected.length === 0 ? 'nothing has changed\n' : table(corrected)
    }
    default:
      return table(await listSpent(options, only))
  }
}

function isPeriod(word: string): word is Period {
  return (PERIODS as readonly string[]).includes(word)
}

function table(lines: readonly SpentLine[]): string {
  return lines.map(({ key, period, from, nano }) => `${key}  ${period} from ${from}  ${dollars(nano)} USD\n`).join('')
}
