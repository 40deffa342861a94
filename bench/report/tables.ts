import { FIGURES, type FigureName, type Figures } from '../figures.ts'
import type { Subject, SubjectName } from '../subjects.ts'
import type { Verdict } from './targets.ts'

/** A Markdown table of all figures: absolute, and in brackets the multiple of the pass-through. */
export function figureTable(figures: Figures, subjects: readonly Subject[]): string {
  const names = (Object.keys(FIGURES) as FigureName[]).filter((figure) =>
    subjects.some(({ name }) => figures.median(name, figure) !== undefined)
  )
  const rows = names.map((figure) => {
    const { title, unit } = FIGURES[figure]
    return [unit === '' ? title : `${title}, ${unit}`, ...subjects.map(({ name }) => cell(figures, name, figure))]
  })
  return table(['figure', ...subjects.map(({ title }) => title)], rows)
}

/** A Markdown table of the promises. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  const said = (met: boolean | undefined) => (met === undefined ? '' : met ? 'met' : 'missed')
  return table(
    ['promise', 'limit', 'found', ''],
    verdicts.map(({ promise, limit, shown, met }) => [promise, limit, shown, said(met)])
  )
}

function cell(figures: Figures, subject: SubjectName, figure: FigureName): string {
  const value = figures.median(subject, figure)
  if (value === undefined) return ''
  const floor = figures.median('pass-through', figure)
  const comparable = floor !== undefined && floor > 0 && subject !== 'pass-through' && FIGURES[figure].unit !== ''
  return comparable ? `${short(value)} (${(value / floor).toFixed(1)}x)` : short(value)
}

function short(value: number): string {
  return value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, 3, ...rows.map((row) => row[column]!.length)))
  const line = (cells: readonly string[]) => `| ${cells.map((text, column) => text.padEnd(widths[column]!)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
