import type { Saw } from './saw.ts'

/** One line of the table: a fault, and what came of it in both ways of asking. */
export interface Row {
  readonly fault: string
  readonly stream: Saw
  readonly unary: Saw
}

const BEGIN = '<!-- faults: begin -->'
const END = '<!-- faults: end -->'

/** The rows as a Markdown table. */
export function faultTable(rows: readonly Row[]): string {
  const head = ['fault', 'streaming', 'calls', 'not streaming', 'calls']
  const body = rows.map(({ fault, stream, unary }) => [fault, cell(stream), stream.calls, cell(unary), unary.calls])
  const widths = head.map((title, column) => Math.max(title.length, ...body.map((row) => String(row[column]).length)))
  const line = (cells: readonly unknown[]) =>
    `| ${cells.map((text, column) => String(text).padEnd(widths[column]!)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')
}

/** The page with the table put between its marks. */
export function withTable(page: string, table: string): string {
  return `${page.slice(0, page.indexOf(BEGIN) + BEGIN.length)}\n\n${table}\n\n${page.slice(page.indexOf(END))}`
}

function cell({ status, error, done, waited, retryAfter }: Saw): string {
  const comment = waited ? ', a comment' : ''
  if (done === true) return `${status}${comment}, whole, \`[DONE]\``
  if (done === false) return `${status}${comment}, then error event \`${error}\`, no \`[DONE]\``
  if (error === undefined) return `${status}, whole`
  return `${status} \`${error}\`${retryAfter === undefined ? '' : `, retry-after ${retryAfter}`}`
}
