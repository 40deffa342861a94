import type { Aim } from '../driver/jobs.ts'
import type { Figures } from '../figures.ts'
import type { Stage } from '../measure/stage.ts'
import type { Options } from '../options.ts'
import { makeAim, type Question } from '../requests.ts'
import type { Running, Subject } from '../subjects.ts'

/** What a workload works with. */
export interface BenchRun {
  readonly options: Options
  readonly stage: Stage
  readonly figures: Figures
  /** Started once, measured in turn. */
  readonly running: readonly Running[]
  /** For workloads that want a process of their own. */
  readonly subjects: readonly Subject[]
  /** A line for whoever watches. */
  say(text: string): void
}

/** The request for a question, in the words of a subject. */
export function aimAt({ subject, port }: Pick<Running, 'subject' | 'port'>, question: Question, upstreamPort: number): Aim {
  const { dialect, headers = {}, upstreamHeader } = subject
  const told = upstreamHeader === undefined ? {} : { [upstreamHeader]: `http://127.0.0.1:${upstreamPort}` }
  return makeAim(port, dialect, question, { ...headers, ...told })
}

/** Runs `once` for every subject in turn, round after round, so that a noisy minute hurts all alike. */
export async function interleave(
  run: BenchRun,
  once: (running: Running) => Promise<string>,
  rounds = run.options.rounds
): Promise<void> {
  for (let round = 1; round <= rounds; round++) {
    const said: string[] = []
    for (const running of run.running) said.push(`${running.subject.name} ${await once(running)}`)
    run.say(`  ${round}: ${said.join(' · ')}`)
  }
}
