import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

/** The subject has one core, the clients and the upstream share another; `any` where nothing is measured by it. */
export type Core = 'subject' | 'load' | 'any'

export interface ChildOptions {
  readonly core: Core
  /** Arguments of Node: flags, script, arguments. */
  readonly args: readonly string[]
  /** What is started in place of Node, with its own arguments. */
  readonly command?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly ipc?: boolean
  /** A file descriptor for what it prints; absent: dropped. */
  readonly output?: number
  readonly cwd?: string
}

/** Whether processes are pinned to cores on this machine. */
export const pinned = availableParallelism() >= 2 && spawnSync('taskset', ['-c', '0', 'true'], { stdio: 'ignore' }).status === 0

const CORE = { subject: '0', load: '1' } as const satisfies Partial<Record<Core, string>>
const STOP_MS = 5000
const alive = new Set<ChildProcess>()

// Whatever ends this process, nothing that it started stays.
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

/** Keeps this process to a core, where processes are pinned. */
export function pinSelf(core: keyof typeof CORE): void {
  if (pinned) spawnSync('taskset', ['-a', '-p', '-c', CORE[core], String(process.pid)], { stdio: 'ignore' })
}

/** Starts a process on its core, Node unless `command` is another, with none of our environment but what Node and the SDK need to be left in peace. */
export function startChild({
  core,
  args,
  command = [process.execPath, ...args],
  env = {},
  ipc = false,
  output,
  cwd
}: ChildOptions): ChildProcess {
  const print = output ?? 'ignore'
  const words = [...(pinned && core !== 'any' ? ['taskset', '-c', CORE[core]] : []), ...command]
  const child = spawn(words[0]!, words.slice(1), {
    stdio: ['ignore', print, print, ...(ipc ? (['ipc'] as const) : [])],
    env: { PATH: process.env.PATH, HOME: '/nonexistent', NODE_ENV: 'production', AWS_EC2_METADATA_DISABLED: 'true', ...env },
    ...(cwd === undefined ? {} : { cwd })
  })
  alive.add(child)
  child.once('exit', () => alive.delete(child))
  return child
}

/** Ends a process: kindly, then not. */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await gone
  clearTimeout(late)
}

/** Sends a message and waits for the next word that comes back. */
export async function askChild<Word>(child: ChildProcess, message: object | string, patienceMs = 120_000): Promise<Word> {
  const answered = once(child, 'message', { signal: AbortSignal.timeout(patienceMs) })
  child.send(message)
  return (await answered)[0] as Word
}

/** Waits for the first word of a process. */
export async function firstWord<Word>(child: ChildProcess): Promise<Word> {
  return (await once(child, 'message', { signal: AbortSignal.timeout(20_000) }))[0] as Word
}

/** Waits until a path of a port of this machine answers 200 (or, if `any`, anything). */
export async function untilAnswers(child: ChildProcess, url: string, any: boolean): Promise<void> {
  const until = performance.now() + 30_000
  while (performance.now() < until && child.exitCode === null) {
    const answer = await fetch(url).catch(() => undefined)
    await answer?.arrayBuffer()
    if (answer?.ok || (any && answer !== undefined)) return
    await sleep(50)
  }
  throw new Error(`${url} did not answer`)
}
