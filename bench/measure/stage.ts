import type { ChildProcess } from 'node:child_process'
import type { DriverWord, Job, Outcome } from '../driver/jobs.ts'
import type { UpstreamOrder, UpstreamWord } from '../upstream.ts'
import { askChild, firstWord, startChild, stopChild } from './child.ts'

/** The clients and the upstream, running. */
export interface Stage {
  readonly upstreamPort: number
  load(job: Omit<Extract<Job, { do: 'load' }>, 'do'>): Promise<Outcome>
  /** Says how many calls have begun to answer. */
  hold(job: Omit<Extract<Job, { do: 'hold' }>, 'do'>): Promise<number>
  leave(): Promise<void>
  /** Calls the upstream has not answered yet. */
  openCalls(): Promise<number>
  dropCalls(): Promise<void>
  close(): Promise<void>
}

/** Starts the two processes that are the same for every subject. */
export async function openStage(): Promise<Stage> {
  const upstream = startChild({ core: 'load', args: [fileOf('upstream.ts')], ipc: true, output: 2 })
  const driver = startChild({ core: 'load', args: [fileOf('driver.ts')], ipc: true, output: 2 })
  const [word] = await Promise.all([firstWord<UpstreamWord>(upstream), firstWord<DriverWord>(driver)])
  if (!('port' in word)) throw new Error('the upstream said something else than its port')

  return {
    upstreamPort: word.port,
    async load(job) {
      const told = await tell(driver, { do: 'load', ...job })
      if (!('outcome' in told)) throw new Error('the driver has no outcome')
      return told.outcome
    },
    async hold(job) {
      const told = await tell(driver, { do: 'hold', ...job })
      return 'held' in told ? told.held : 0
    },
    async leave() {
      await tell(driver, { do: 'leave' })
    },
    openCalls: () => ask(upstream, 'calls'),
    async dropCalls() {
      await ask(upstream, 'drop')
    },
    async close() {
      await Promise.all([stopChild(driver), stopChild(upstream)])
    }
  }
}

/** The path of a file of the bench. */
export function fileOf(name: string): string {
  return new URL(`../${name}`, import.meta.url).pathname
}

function tell(driver: ChildProcess, job: Job): Promise<DriverWord> {
  return askChild<DriverWord>(driver, job)
}

async function ask(upstream: ChildProcess, order: UpstreamOrder): Promise<number> {
  const told = await askChild<UpstreamWord>(upstream, order)
  return 'calls' in told ? told.calls : 0
}
