import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CODEX_SCENARIOS } from './codex-scenarios.ts'
import { fetchProgram } from './fetch-program.ts'
import { createLedger } from './ledger.ts'
import { readOptions } from './read-options.ts'
import { MODEL, RUN_TIMEOUT } from './run-codex.ts'
import { runProgram } from './run-program.ts'
import { startFront } from './start-front.ts'

/**
 * `npm run check:codex [-- --version 0.171.0] [--folder DIR] [--keep FILE]`: the real Codex CLI, fetched from npm, works through the
 * gateway before a stand-in that plays the model: tasks with commands and a patch to their end, both of its ways to compact, a throttled
 * and a cut answer. All on loopback, in homes of its own. Exit code 1 when something does not hold; 0, with a line that says so, where
 * Codex cannot be had.
 */
const { version, folder, keep } = readOptions('0.171.0')
const root = await mkdtemp(join(tmpdir(), 'adit-codex-'))
const ledger = createLedger()
const program = await fetchProgram(`@openai/codex@${version}`, 'codex', { folder: folder ?? join(root, 'program') })
if (program !== undefined) {
  const { bin } = program
  const { stdout } = await runProgram(bin, { args: ['--version'], env: { HOME: root }, cwd: root, timeout: RUN_TIMEOUT })
  // One attempt of the gateway's own, so that Codex sees what happens.
  const front = await startFront({ UPSTREAM_MAX_ATTEMPTS: '1', DEFAULT_MODEL: MODEL })
  ledger.note(`${stdout.trim()} before ${MODEL}`)
  try {
    for (const scenario of CODEX_SCENARIOS) await scenario({ bin, root, front }, ledger)
  } finally {
    if (keep !== undefined) await writeFile(keep, JSON.stringify(front.seen, null, 1))
    await front.close()
  }
}
await rm(root, { recursive: true, force: true })
process.exitCode = ledger.code()
