/** What a check of a command line client found out: printed as it goes, and counted. */
export interface Ledger {
  /** One thing that must hold; `otherwise` is shown when it does not. */
  must(what: string, holds: boolean, otherwise?: unknown): void
  note(...lines: readonly string[]): void
  /** Exit code of the whole: 1 when something did not hold. */
  code(): number
}

export function createLedger(): Ledger {
  let failed = 0
  return {
    must(what, holds, otherwise) {
      console.log(`${holds ? 'ok    ' : 'FAIL  '}${what}`)
      if (holds) return
      failed++
      if (otherwise !== undefined) console.log(lastLines(String(otherwise), MOST_LINES))
    },
    note: (...lines) => console.log(lines.map((line) => `      ${line}`).join('\n')),
    code: () => (failed === 0 ? 0 : 1)
  }
}

const MOST_LINES = 25
const LONGEST_LINE = 400

/** The last lines of a transcript. */
export function lastLines(text: string, count: number): string {
  const lines = text.trimEnd().split('\n').slice(-count)
  return lines.map((line) => `      | ${line.slice(0, LONGEST_LINE)}`).join('\n')
}
