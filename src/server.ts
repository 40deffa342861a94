import { buildApp } from './app.ts'
import { isBudgetCommand, runBudgetCommand } from './budget-command.ts'
import { ConfigError, nearMisses, unsetEmptyRegion } from './config.ts'
import { configReport, loadConfig } from './config-report.ts'
import { logOutput } from './telemetry/log-output.ts'

/** `--check`: tells the configuration in force and where each value is from, and exits 0, or 1 when the gateway would not start with it. */
async function check(): Promise<void> {
  const { text, faults } = await configReport()
  process.stdout.write(text)
  if (faults.length > 0) throw new ConfigError(faults)
}

/** The process: configuration, application, listen, drain. Exits 0 after a drain, 1 when it cannot start. */
async function main(): Promise<void> {
  const config = await loadConfig()
  const app = await buildApp(config, logOutput())
  for (const miss of nearMisses()) app.log.warn(miss)

  const stop = (signal: string) => {
    app.log.info({ signal }, 'draining')
    app.lifecycle.drain().then(
      () => process.exit(0),
      (err) => {
        app.log.error({ err }, 'the drain failed')
        process.exit(1)
      }
    )
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  // one request's fault never stops the process; what reaches this place is a defect, so it is loud
  process.on('unhandledRejection', (err) => app.log.error({ err }, 'unhandled rejection'))
  process.on('uncaughtException', (err) => app.log.error({ err }, 'uncaught exception'))

  const { port, host } = config.server
  const address = await app.listen({ port, host }).catch((error: NodeJS.ErrnoException) => {
    throw REFUSED[error.code ?? ''] === undefined
      ? error
      : new ConfigError([`PORT ${port} on HOST ${host} ${REFUSED[error.code ?? '']}`])
  })
  app.log.info({ address, listen_ms: Math.round(performance.now()) }, 'listening')
}

/** Why a socket cannot listen, in words for whoever started the process. */
const REFUSED: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken by another program: end it, or set PORT to another',
  EACCES: 'may not be used by this user: set PORT to one above 1023',
  EADDRNOTAVAIL: 'is no address of this machine: set HOST to one that is'
}

/** `--budget-show`, `--budget-reset`, `--budget-reprice`: for the operator, with the store of `REDIS_URL`. */
async function budget(): Promise<void> {
  process.stdout.write(await runBudgetCommand(process.argv.slice(2)))
}

unsetEmptyRegion()
const run = process.argv.includes('--check') ? check : isBudgetCommand(process.argv) ? budget : main
run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
})
