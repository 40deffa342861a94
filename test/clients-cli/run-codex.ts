import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Ran, runProgram } from './run-program.ts'
import { type Front, KEY } from './start-front.ts'
import type { Seen } from './start-recorder.ts'

export const RUN_TIMEOUT = 90_000
export const MODEL = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'

/** What one `codex exec` did. */
export interface CodexRun extends Ran {
  readonly events: readonly CodexEvent[]
  /** What the agent said last; undefined: nothing. */
  readonly said: string | undefined
  readonly seen: readonly Seen[]
  readonly work: string
}

/** A line of its `--json` output. */
export interface CodexEvent {
  readonly type: string
  readonly item?: {
    readonly type: string
    readonly text?: string
    readonly message?: string
    readonly aggregated_output?: string
  }
  readonly error?: { readonly message: string }
  readonly message?: string
}

export interface CodexOptions {
  readonly model?: string
  /** Lines of the configuration before its tables. */
  readonly settings?: readonly string[]
  /** Lines of the provider's table; `own`: the provider that is built in. */
  readonly provider?: readonly string[] | 'own'
}

/** Where Codex is, where it may live, and what it speaks to. */
export interface CodexPlace {
  readonly bin: string
  readonly root: string
  readonly front: Front
}

/** Runs one `codex exec` to its end, in a home and a workspace of its own. */
export async function runCodex(
  { bin, root, front }: CodexPlace,
  prompt: string,
  { model = MODEL, settings = [], provider = [] }: CodexOptions = {}
): Promise<CodexRun> {
  const home = await mkdtemp(join(root, 'home-'))
  const work = join(home, 'work')
  await mkdir(join(home, '.codex'), { recursive: true })
  await mkdir(work)
  const table = [
    '[model_providers.adit]',
    'name = "Adit"',
    `base_url = "${front.base}/v1"`,
    'env_key = "ADIT_API_KEY"',
    'wire_api = "responses"'
  ]
  const config = [
    `model = "${model}"`,
    'approval_policy = "never"',
    'sandbox_mode = "danger-full-access"',
    'check_for_update_on_startup = false',
    ...settings,
    ...(provider === 'own' ? [`openai_base_url = "${front.base}/v1"`] : ['model_provider = "adit"', ...table, ...provider])
  ]
  await writeFile(join(home, '.codex', 'config.toml'), `${config.join('\n')}\n`)
  const before = front.seen.length
  const ran = await runProgram(bin, {
    args: ['exec', '--json', '--skip-git-repo-check', '-C', work, prompt],
    env: { HOME: home, CODEX_HOME: join(home, '.codex'), ADIT_API_KEY: KEY, CODEX_API_KEY: KEY },
    cwd: work,
    timeout: RUN_TIMEOUT
  })
  const events = ran.stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as CodexEvent] : []))
  const said = events.findLast(({ item }) => item?.type === 'agent_message')?.item?.text
  return { ...ran, events, said, seen: front.seen.slice(before), work }
}
