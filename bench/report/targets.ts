import { FIGURES, type FigureName, type Figures } from '../figures.ts'
import type { SubjectName } from '../subjects.ts'

/** One promise of speed and what this run says of it. */
export interface Verdict {
  readonly promise: string
  readonly limit: string
  /** Undefined: not measured in this run. */
  readonly found: number | undefined
  readonly shown: string
  readonly met: boolean | undefined
}

interface Target {
  readonly promise: string
  readonly figure: FigureName
  /** Whose figure it is; absent: Adit's. */
  readonly of?: SubjectName
  /** Adit's figure divided by this one's; absent: Adit's figure itself. */
  readonly against?: SubjectName
  /** `atMost` for what must be small; `better`: the other one divided by Adit must be at least this. */
  readonly atMost?: number
  readonly better?: number
}

const TARGETS: readonly Target[] = [
  { promise: 'CPU per unary request against the pass-through', figure: 'unary.cpu', against: 'pass-through', atMost: 1.8 },
  { promise: 'CPU per 20-event stream against the pass-through', figure: 'burst-20.cpu', against: 'pass-through', atMost: 1.6 },
  { promise: 'CPU per event against the pass-through', figure: 'event.cpu', against: 'pass-through', atMost: 1.2 },
  {
    promise: 'CPU per 500-event stream of Bedrock that is handed on, against the pass-through',
    figure: 'burst-500.cpu',
    of: 'native',
    against: 'pass-through',
    atMost: 1.3
  },
  {
    promise: 'CPU per unary request with all economy on, against without',
    figure: 'unary.cpu',
    of: 'economy',
    against: 'adit',
    atMost: 1.08
  },
  {
    promise: 'CPU per event with all economy on, against without',
    figure: 'event.cpu',
    of: 'economy',
    against: 'adit',
    atMost: 1.03
  },
  { promise: 'CPU per unary request, better than the plain design', figure: 'unary.cpu', against: 'plain', better: 6 },
  { promise: 'CPU per 20-event stream, better than the plain design', figure: 'burst-20.cpu', against: 'plain', better: 9 },
  { promise: 'CPU per event, better than the plain design', figure: 'event.cpu', against: 'plain', better: 9 },
  { promise: 'time to first token added against the pass-through', figure: 'one.added', against: 'pass-through', atMost: 1.6 },
  {
    promise: 'relay delay p99, 200 paced streams, against the pass-through',
    figure: 'paced-200.p99',
    against: 'pass-through',
    atMost: 1.5
  },
  { promise: 'memory per stalled client, 28 MB answer', figure: 'stalled.memory', atMost: 1 },
  { promise: 'memory with 1,000 open idle streams', figure: 'idle.memory', atMost: 200 },
  { promise: 'upstream calls left after 100 clients left, streaming', figure: 'leaving.streaming', atMost: 0 },
  { promise: 'upstream calls left after 100 clients left, unary', figure: 'leaving.unary', atMost: 0 },
  { promise: 'event loop held up by one hostile body', figure: 'hostile.held', atMost: 50 }
]

/** Holds the figures of a run against what was promised. */
export function judge(figures: Figures): Verdict[] {
  return TARGETS.map((target) => {
    const found = measure(target, figures)
    const { promise, figure, against, atMost, better } = target
    const unit = against !== undefined ? 'x' : FIGURES[figure].unit === '' ? '' : ` ${FIGURES[figure].unit}`
    const met = found === undefined ? undefined : better === undefined ? found <= atMost! : found >= better
    return {
      promise,
      limit: better === undefined ? `at most ${atMost}${unit}` : `at least ${better}${unit}`,
      found,
      shown: found === undefined ? 'not measured' : `${found.toFixed(unit === '' ? 0 : 2)}${unit}`,
      met
    }
  })
}

function measure({ figure, of = 'adit', against, better }: Target, figures: Figures): number | undefined {
  if (against === undefined) return figures.median(of, figure)
  return better === undefined ? figures.ratio(of, against, figure) : figures.ratio(against, of, figure)
}
