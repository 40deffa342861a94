import { type ChildProcess, fork } from 'node:child_process'
import { parseArgs } from 'node:util'
import type { FuzzOrder, FuzzWord } from './fuzz/job.ts'

/** `npm run fuzz`: damaged event streams and damaged request bodies, both at once, each in a process of its own. Exits 1 on a broken promise. */
const KINDS = ['streams', 'bodies'] as const
/** A case that takes longer hangs. */
const HANG_MS = 30_000

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    only: { type: 'string' },
    /** The number of one case, to see it again. */
    case: { type: 'string' }
  }
})
const seed = Number(values.seed)
const chosen = KINDS.filter((kind) => values.only === undefined || values.only === kind)
if (chosen.length === 0) throw new Error(`--only takes ${KINDS.join(' or ')}`)
const order: FuzzOrder = {
  seed,
  first: Number(values.case ?? 0),
  ms: Number(values.minutes) * 60_000,
  most: values.case === undefined ? Number.MAX_SAFE_INTEGER : 1
}
console.log(`seed ${seed}, ${values.minutes} minutes: ${chosen.join(' and ')}`)

const children: ChildProcess[] = []
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})

/** Runs one kind to its end. Resolves with what is wrong, or undefined. */
function run(kind: (typeof KINDS)[number]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = fork(new URL(`fuzz/${kind}.ts`, import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    children.push(child)
    let at = order.first
    const late = setTimeout(() => finish(`${kind}: a case after number ${at} hangs`), HANG_MS)
    const finish = (wrong?: string) => {
      clearTimeout(late)
      child.kill('SIGKILL')
      resolve(wrong)
    }
    child.on('message', (word: FuzzWord) => {
      late.refresh()
      if ('broken' in word) return finish(`${kind}: case ${word.at} of seed ${seed}:\n${word.broken}`)
      if ('at' in word) {
        at = word.at
        return
      }
      console.log(`${kind}: ${word.done} cases`)
      for (const [outcome, count] of Object.entries(word.outcomes).toSorted((one, other) => other[1] - one[1]))
        console.log(`  ${outcome}: ${count}`)
      finish()
    })
    child.once('exit', (code, signal) =>
      finish(`${kind}: the process ended (${code ?? signal}) after case ${at} of seed ${seed}`)
    )
    child.send(order)
  })
}

const wrong = (await Promise.all(chosen.map(run))).filter((each) => each !== undefined)
for (const each of wrong) console.error(`\n${each}\nagain: npm run fuzz -- --seed ${seed} --only ${each.split(':')[0]} --case N`)
process.exit(wrong.length === 0 ? 0 : 1)
