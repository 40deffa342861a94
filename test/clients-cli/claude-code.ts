import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CODE_SCENARIOS } from './claude-code-scenarios.ts'
import { fetchProgram } from './fetch-program.ts'
import { createLedger } from './ledger.ts'
import { readOptions } from './read-options.ts'
import { RUN_TIMEOUT } from './run-claude-code.ts'
import { runProgram } from './run-program.ts'
import { startFront } from './start-front.ts'

/**
 * `npm run check:claude-code [-- --version 2.1.332] [--folder DIR] [--keep FILE]`: the real Claude Code, fetched from npm, works through the
 * gateway before a stand-in that plays the model: tasks with tools on several families, a sub-agent, compaction, counts, a throttled and a
 * cut answer. All on loopback, in homes of its own. Exit code 1 when something does not hold; 0, with a line that says so, where Claude
 * Code cannot be had.
 */
const { version, folder, keep } = readOptions('2.1.332')
const root = await mkdtemp(join(tmpdir(), 'adit-claude-code-'))
const ledger = createLedger()
// Its own script puts the program for this machine in its place.
const program = await fetchProgram(`@anthropic-ai/claude-code@${version}`, 'claude', {
  folder: folder ?? join(root, 'program'),
  scripts: true
})
if (program !== undefined) {
  const { bin } = program
  const { stdout } = await runProgram(bin, { args: ['--version'], env: { HOME: root }, cwd: root, timeout: RUN_TIMEOUT })
  // One attempt of the gateway's own, so that Claude Code sees what happens.
  const front = await startFront({ UPSTREAM_MAX_ATTEMPTS: '1' })
  ledger.note(stdout.trim())
  try {
    for (const scenario of CODE_SCENARIOS) await scenario({ bin, root, front }, ledger)
  } finally {
    if (keep !== undefined) await writeFile(keep, JSON.stringify(front.seen, null, 1))
    await front.close()
  }
}
await rm(root, { recursive: true, force: true })
process.exitCode = ledger.code()
