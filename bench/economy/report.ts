import { readFile, writeFile } from 'node:fs/promises'
import { type Bar, judge } from './bars.ts'
import { DESIGNS } from './designs.ts'
import type { Cell } from './play-all.ts'
import type { ReadShares } from './regions.ts'
import { SERVICES } from './simulate.ts'
import { WORKLOADS } from './workloads.ts'

const PAGE = new URL('../../docs/economy.md', import.meta.url)
const BEGIN = '<!-- made by `npm run bench:economy` -->'
const END = '<!-- end -->'

/** Writes the tables and the bars into the page. Gives what to print. */
export async function writeResults(cells: readonly Cell[], shares: readonly ReadShares[], seeds: number): Promise<string> {
  const page = await readFile(PAGE, 'utf8')
  const begin = page.indexOf(BEGIN)
  const end = page.indexOf(END, begin)
  if (begin < 0 || end < 0) throw new Error(`docs/economy.md lacks ${begin < 0 ? BEGIN : END}`)
  const text = results(cells, shares, seeds)
  await writeFile(PAGE, `${page.slice(0, begin + BEGIN.length)}\n\n${text}\n\n${page.slice(end)}`)
  return text
}

/** The tables and the bars as text. */
export function results(cells: readonly Cell[], shares: readonly ReadShares[], seeds: number): string {
  const tables = WORKLOADS.flatMap((workload) =>
    workload.loads.map((load) =>
      [
        `**${workload.name}, load ${load}** (useful %, calls for each answer, wait p99 in s${workload.name === 'mixed keys' ? ', useful % of the calm key' : ''})`,
        '',
        ...table(cells.filter((cell) => cell.workload === workload && cell.load === load))
      ].join('\n')
    )
  )
  const bars = ['| bar | says | outcome |', '|---|---|---|', ...judge(cells, shares).map(barLine)].join('\n')
  return [`Mean of ${seeds} seeds.`, bars, regionsTable(shares), ...tables].join('\n\n')
}

function regionsTable(shares: readonly ReadShares[]): string {
  const percent = (share: number) => (100 * share).toFixed(1)
  const rows = shares.map(({ design, all, afterwards }) => line([design, percent(all), percent(afterwards)]))
  return [
    '**agents in Regions**: read from the cache, % of the prompts',
    '',
    line(['design', 'all', 'after the home Region was gone']),
    '|---|---|---|',
    ...rows
  ].join('\n')
}

function table(cells: readonly Cell[]): readonly string[] {
  const head = ['design', ...SERVICES.map(({ name }) => name)]
  const rows = DESIGNS.map((design) => [
    design.name,
    ...SERVICES.map(({ name }) => figures(cells.find((cell) => cell.design === design && cell.service === name)))
  ])
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)]
}

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

function figures(cell: Cell | undefined): string {
  if (cell === undefined) return ''
  const { useful, attempts, waitP99, calm } = cell
  const all = [(100 * useful).toFixed(1), attempts.toFixed(2), (waitP99 / 1000).toFixed(1)]
  return [...all, ...(calm === undefined ? [] : [(100 * calm).toFixed(0)])].join(' · ')
}

/** Examples of where a bar does not hold. */
const MOST_EXAMPLES = 3

function barLine({ name, says, compared, failures, elsewhere }: Bar): string {
  if (elsewhere !== undefined) return line([name, says, `held by \`${elsewhere}\``])
  if (failures.length === 0) return line([name, says, `holds in all ${compared} comparisons`])
  const examples = failures.slice(0, MOST_EXAMPLES).join('; ')
  return line([
    name,
    says,
    `**not in ${failures.length} of ${compared}**: ${examples}${failures.length > MOST_EXAMPLES ? '; …' : ''}`
  ])
}
