/** One line of a table: who did what, and what came of it. */
export interface Row {
  readonly name: string
  readonly version: string
  readonly what: string
  readonly result: string
}

/** The rows as a Markdown table; a client's name and version stand in its first row only. */
export function clientTable(rows: readonly Row[]): string {
  const head = ['client', 'version', 'what was run', 'result']
  const body = rows.map(({ name, version, what, result }, index) => {
    const again = rows[index - 1]?.name === name
    return [again ? '' : name, again ? '' : version, what, result]
  })
  const widths = head.map((title, column) => Math.max(title.length, ...body.map((cells) => cells[column]!.length)))
  const line = (cells: readonly string[]) => `| ${cells.map((text, column) => text.padEnd(widths[column]!)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')
}

/** The page with a table put between the marks of its name. */
export function withTable(page: string, name: string, table: string): string {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`]
  return `${page.slice(0, page.indexOf(begin) + begin.length)}\n\n${table}\n\n${page.slice(page.indexOf(end))}`
}
