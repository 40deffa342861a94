import { playAll } from './economy/play-all.ts'
import { writeResults } from './economy/report.ts'

/** Plays every workload against every design and every way the service may count, on a virtual clock, and writes docs/economy.md. */
const SEEDS = [1, 2, 3]

console.log(`playing ${SEEDS.length} seeds on the virtual clock; about half a minute`)
console.log(await writeResults(await playAll(SEEDS), SEEDS.length))
