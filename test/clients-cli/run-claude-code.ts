import { mkdir, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { type Ran, runProgram } from './run-program.ts'
import { type Front, KEY } from './start-front.ts'
import type { Seen } from './start-recorder.ts'

export const RUN_TIMEOUT = 90_000

/** A line of `--output-format stream-json`. */
export interface CodeEvent {
  readonly type: string
  readonly subtype?: string
  readonly is_error?: boolean
  readonly result?: string
  readonly message?: { readonly content?: unknown }
}

/** What one `claude -p` did. */
export interface CodeRun extends Ran {
  readonly events: readonly CodeEvent[]
  /** Its last line: the result of the whole; undefined: there was none. */
  readonly result: CodeEvent | undefined
  readonly seen: readonly Seen[]
  readonly work: string
  readonly home: string
}

/** Where Claude Code is, where it may live, and what it speaks to. */
export interface CodePlace {
  readonly bin: string
  readonly root: string
  readonly front: Front
}

export interface CodeOptions {
  readonly model: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** A run that is to be continued; else the home and the workspace are new. */
  readonly after?: CodeRun
}

/** Runs Claude Code in print mode to its end. */
export async function runClaudeCode(
  { bin, root, front }: CodePlace,
  prompt: string,
  { model, args = [], env = {}, after }: CodeOptions
): Promise<CodeRun> {
  const home = after?.home ?? (await mkdtemp(join(root, 'home-')))
  const work = join(home, 'work')
  await mkdir(work, { recursive: true })
  const before = front.seen.length
  const ran = await runProgram(bin, {
    args: [
      '-p',
      prompt,
      ...(after === undefined ? [] : ['--continue']),
      ...['--model', model, '--output-format', 'stream-json', '--verbose', '--permission-mode', 'bypassPermissions'],
      ...args
    ],
    env: { HOME: home, ...SETTINGS, ANTHROPIC_BASE_URL: front.base, ANTHROPIC_AUTH_TOKEN: KEY, ...env },
    cwd: work,
    timeout: RUN_TIMEOUT
  })
  const events = ran.stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as CodeEvent] : []))
  const result = events.findLast(({ type }) => type === 'result')
  return { ...ran, events, result, seen: front.seen.slice(before), work, home }
}

/** It speaks to nobody but the gateway, and may run what the stand-in says: the temporary folder is its sandbox. */
const SETTINGS = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  DISABLE_TELEMETRY: '1',
  DISABLE_AUTOUPDATER: '1',
  DISABLE_ERROR_REPORTING: '1',
  IS_SANDBOX: '1',
  CLAUDE_CODE_MAX_RETRIES: '2'
}
