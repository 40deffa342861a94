import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import type { Figures } from '../figures.ts'
import { pinned } from '../measure/child.ts'
import type { Options } from '../options.ts'
import type { Subject } from '../subjects.ts'
import { figureTable, verdictTable } from './tables.ts'
import { judge } from './targets.ts'

const RESULTS = new URL('../results/', import.meta.url)
const DOCS = new URL('../../docs/performance.md', import.meta.url)
const BEGIN = '<!-- bench: begin -->'
const END = '<!-- bench: end -->'

/** Prints the tables, keeps the samples in bench/results, and, when asked, puts the tables into the documentation. */
export function writeReport(figures: Figures, subjects: readonly Subject[], options: Options): void {
  const verdicts = judge(figures)
  const text = [setting(options), figureTable(figures, subjects), verdictTable(verdicts)].join('\n\n')
  console.log(`\n${text}`)
  const date = new Date().toISOString()
  mkdirSync(RESULTS, { recursive: true })
  const file = new URL(`${date.replaceAll(':', '-')}.json`, RESULTS)
  writeFileSync(file, JSON.stringify({ date, machine: machine(), options, verdicts, samples: figures.all() }, null, 2))
  console.log(`\nsamples: bench/results/${file.pathname.split('/').at(-1)}`)
  if (options.writeDocs) writeDocs(text)
}

function setting({ rounds, quick, built }: Options): string {
  const { cores, memoryGb, model, node } = machine()
  const where = `${cores} cores (${model}), ${memoryGb} GB, Node ${node}`
  const how = `${rounds} interleaved rounds${quick ? ', quick' : ''}, medians; processes ${pinned ? 'pinned' : 'not pinned'} to cores`
  const date = new Date().toISOString().slice(0, 10)
  return `${date}, ${where}; ${how}; Adit is \`node ${built ? 'dist/server.js' : 'src/server.ts'}\`. In brackets: the multiple of the pass-through.`
}

function machine() {
  return {
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    model: cpus()[0]?.model.trim() ?? 'unknown',
    node: process.versions.node
  }
}

function writeDocs(text: string): void {
  const page = readFileSync(DOCS, 'utf8')
  const [before, rest] = page.split(BEGIN)
  const after = rest?.split(END)[1]
  if (after === undefined) throw new Error(`docs/performance.md has no ${BEGIN} and ${END}`)
  writeFileSync(DOCS, `${before}${BEGIN}\n\n${text}\n\n${END}${after}`)
}
