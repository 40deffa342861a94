import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram } from './run-program.ts'

const FETCH_TIMEOUT = 240_000

export interface Fetched {
  /** Path of the program. */
  readonly bin: string
}

export interface FetchOptions {
  /** Where it is, or shall be. */
  readonly folder: string
  /** Its own install scripts run. */
  readonly scripts?: boolean
}

/** A command line client from npm, installed unless it is there. Undefined, with a line that says so: it cannot be had. */
export async function fetchProgram(
  spec: string,
  name: string,
  { folder, scripts = false }: FetchOptions
): Promise<Fetched | undefined> {
  const bin = join(folder, 'node_modules', '.bin', name)
  if (existsSync(bin)) return { bin }
  await mkdir(folder, { recursive: true })
  const args = ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', `--ignore-scripts=${!scripts}`, spec]
  const { code, stderr, isLate } = await runProgram('npm', {
    args,
    // The developer's own npm settings, as the registry and the proxy, count here.
    env: process.env as Record<string, string>,
    cwd: folder,
    timeout: FETCH_TIMEOUT
  })
  if (code === 0 && existsSync(bin)) return { bin }
  console.log(`SKIPPED: ${spec} cannot be had from npm: ${isLate ? 'it took too long' : stderr.trim().split('\n', 1)[0]}`)
  return undefined
}
