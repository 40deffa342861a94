import { A, B, DESIGNS, OURS } from './designs.ts'
import type { Cell } from './play-all.ts'
import type { ReadShares } from './regions.ts'

/** One thing that has to hold, and where it does not. */
export interface Bar {
  readonly name: string
  readonly says: string
  /** How many comparisons were made; 0: it is shown elsewhere. */
  readonly compared: number
  readonly failures: readonly string[]
  /** What shows it else. */
  readonly elsewhere?: string
}

const place = ({ workload, load, service, design }: Cell) => `${workload.name} ${load}, ${service}, ${design.name}`
const percent = (share: number) => `${(100 * share).toFixed(1)} %`

/** Judges the bars that this benchmark can judge. */
export function judge(cells: readonly Cell[], shares: readonly ReadShares[]): readonly Bar[] {
  const ours = cells.filter(({ design }) => OURS.includes(design))
  const keepsLimits = cells.filter(({ design }) => DESIGNS.indexOf(design) > 1 && design.pools === 1 && design.ledger !== 'none')
  const other = (cell: Cell, design: Cell['design']) =>
    cells.find(
      (one) => one.design === design && one.workload === cell.workload && one.load === cell.load && one.service === cell.service
    )

  const twice = ours.filter((cell) => {
    const plain = other(cell, A)
    return ['chat', 'burst'].includes(cell.workload.name) && cell.load >= 0.8 && cell.load <= 1.2 && (plain?.useful ?? 1) < 0.5
  })
  const known = ours.filter(({ design }) => design.ledger === 'known')
  const lightly = known.filter(({ load }) => load <= 0.8)
  const heavily = known.filter(({ load }) => load === 2)
  const mixed = ours.filter(({ calm }) => calm !== undefined)
  return [
    bar(
      '1a',
      'at least twice the useful answers of A, for chat and bursts at loads of 0.8 to 1.2 where A has less than half',
      twice,
      (cell) =>
        cell.useful >= 2 * (other(cell, A)?.useful ?? 0)
          ? undefined
          : `${percent(cell.useful)} against ${percent(other(cell, A)?.useful ?? 0)}`
    ),
    bar('1b', 'do no harm: never less than 0.95 of B, with learnt limits or without', keepsLimits, (cell) =>
      cell.useful >= 0.95 * (other(cell, B)?.useful ?? 0)
        ? undefined
        : `${percent(cell.useful)} against ${percent(other(cell, B)?.useful ?? 0)}`
    ),
    bar('2a', 'at most 1.1 calls for each answer up to a load of 0.8, the quota known', lightly, (cell) =>
      cell.attempts <= 1.1 ? undefined : cell.attempts.toFixed(2)
    ),
    bar('2b', 'at most 1.5 calls for each answer at a load of 2, the quota known', heavily, (cell) =>
      cell.attempts <= 1.5 ? undefined : cell.attempts.toFixed(2)
    ),
    bar('3', 'no answer cut by a learnt limit, after repair', ours, (cell) => (cell.cut === 0 ? undefined : percent(cell.cut))),
    regionsBar(shares),
    elsewhere('5', "the cost of 1,000 mixed requests is the stand-in's bill to the cent", 'test/standin/bill.test.ts'),
    elsewhere('6', 'no budget is exceeded by more than one request under 100 parallel calls', 'test/budgets/budgets.test.ts'),
    bar('7', 'a key that asks once a second has no smaller share of useful answers than the whole', mixed, (cell) =>
      (cell.calm ?? 0) >= Math.min(0.999, cell.useful) ? undefined : `${percent(cell.calm ?? 0)} against ${percent(cell.useful)}`
    )
  ]
}

function bar(name: string, says: string, cells: readonly Cell[], fault: (cell: Cell) => string | undefined): Bar {
  const failures = cells.flatMap((cell) => {
    const why = fault(cell)
    return why === undefined ? [] : [`${place(cell)}: ${why}`]
  })
  return { name, says, compared: cells.length, failures }
}

function regionsBar(shares: readonly ReadShares[]): Bar {
  const [one, ours] = [shares[0], shares.at(-1)]
  const compared = (['all', 'afterwards'] as const).map((when) => ({
    when,
    own: ours?.[when] ?? 0,
    least: 0.95 * (one?.[when] ?? 1)
  }))
  const failures = compared.flatMap(({ when, own, least }) =>
    own >= least ? [] : [`${when}: ${percent(own)} against ${percent(least)}`]
  )
  const says =
    'two Regions read 0.95 of what one reads from the cache, and again from the second turn on after the home Region was gone for a minute'
  return { name: '4', says, compared: compared.length, failures }
}

const elsewhere = (name: string, says: string, test: string): Bar => ({ name, says, compared: 0, failures: [], elsewhere: test })
