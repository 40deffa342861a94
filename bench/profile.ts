import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { machineNow } from './clock.ts'
import { openStage, type Stage } from './measure/stage.ts'
import type { Options } from './options.ts'
import { hottest, type Profile, readShares, type Share } from './profile/read-profile.ts'
import { chooseSubjects, type Subject, startSubject } from './subjects.ts'
import { aimAt } from './workloads/bench-run.ts'

const FOLDER = new URL('results/profile', import.meta.url).pathname
const TOP = 10
/** V8 goes on compiling for this long; before, a profile shows its threads and half-made code. Milliseconds. */
const WARM_MS = 10_000
const INTERVAL_MICROS = 400

const LOADS = [
  { name: 'unary', model: 'bench.unary', streaming: false, connections: 32 },
  { name: 'burst-20', model: 'bench.burst-20', streaming: true, connections: 32 },
  { name: 'burst-500', model: 'bench.burst-500', streaming: true, connections: 32 },
  { name: 'paced-50', model: 'bench.paced-200-20', streaming: true, connections: 50 }
] as const

/** Profiles Adit under each load, each in a process of its own, leaves the profiles for a viewer and prints the hottest functions. */
export async function profileAdit(options: Options): Promise<void> {
  const adit = (await chooseSubjects({ ...options, without: [], peers: false })).find(({ name }) => name === 'adit')!
  const stage = await openStage()
  try {
    for (const load of LOADS) {
      if (options.only.length > 0 && !options.only.includes(load.name)) continue
      const { profile, from, to } = await record(stage, adit, load, options)
      print(load.name, readShares(profile, from, to))
    }
  } finally {
    await stage.close()
  }
}

async function record(stage: Stage, adit: Subject, load: (typeof LOADS)[number], options: Options) {
  const folder = join(FOLDER, load.name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const flags = ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-interval=${INTERVAL_MICROS}`]
  const running = await startSubject(adit, stage.upstreamPort, flags)
  const aim = aimAt(running, load, stage.upstreamPort)
  const run = (ms: number) =>
    load.name === 'paced-50'
      ? stage.load({ aim, connections: load.connections, ms: 0, rounds: 1, rampMs: 500 })
      : stage.load({ aim, connections: load.connections, ms })
  await run(WARM_MS)
  const from = machineNow()
  await run(options.roundMs * 4)
  const to = machineNow()
  await running.stop()
  const [file] = readdirSync(folder)
  if (file === undefined) throw new Error('Adit left no profile')
  return { profile: JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile, from, to }
}

function print(name: string, { functions, places }: { functions: Share[]; places: Share[] }): void {
  console.log(`\n${name}: ten hottest functions by self time, share of busy time`)
  for (const { name: what, share } of hottest(functions, TOP)) console.log(`  ${(share * 100).toFixed(1).padStart(5)} %  ${what}`)
  console.log('  by place:')
  for (const { name: what, share } of hottest(places, TOP)) console.log(`  ${(share * 100).toFixed(1).padStart(5)} %  ${what}`)
  console.log(`  profile: bench/results/profile/${name}/`)
}
