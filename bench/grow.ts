import { parseArgs } from 'node:util'
import { makeRandom } from '../src/standin/random.ts'
import { GROWTHS, type Growth, isOfKind } from './grow/growths.ts'
import { type Place, placesOf } from './grow/places.ts'
import { GROW_SEEDS } from './grow/seeds.ts'
import { type HeldGateway, parseMs, startHeldGateway } from './measure/held.ts'

/**
 * `npm run grow`: every field of every dialect is made to grow by itself, in every way it may, and how long the gateway's event loop is
 * held is watched. First all of them at 25 and 100 kB, in an order drawn from the seed, until half of the time is over; then the slowest
 * ones at up to 10 MB. Exits 1 where one under 100 kB holds it for more than 50 ms, where a large one does for more than 50 ms for each
 * 10 MB beyond `JSON.parse`, or where time grows faster than bytes.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    /** Part of the path or of a place's name. */
    only: { type: 'string', default: '' },
    /** Part of a growth's name. */
    by: { type: 'string', default: '' },
    /** The seeds by their places in the list, from and to: `0-4`. */
    seeds: { type: 'string', default: '' },
    /** So many of the slowest are looked at again, larger. */
    slowest: { type: 'string', default: '1000' }
  }
})
const SMALL_BYTES = 24_000
const FULL_BYTES = 96_000
const LARGE_BYTES = [1_000_000, 4_000_000, 10_000_000] as const
const MOST_MS = 50
const PER_BYTES = 10_000_000
/** What a body of 100 kB may take of a bar for 10 MB is too little to be seen: those that take this long are looked at again, larger. */
const NOTABLE_MS = 4
/** Growth of time by more than that of bytes, beyond what is measured by chance. */
const STEEP = 1.6
/** Short times say nothing of how they grow. */
const LEAST_STEEP_MS = 20
const TRIES = 3
/** Of what is of another kind than what stood there, so much is tried. */
const STRANGE_PART = 0.1
const SHOWN = 25

interface Trial {
  readonly place: Place
  readonly growth: Growth
}
interface Row extends Trial {
  readonly bytes: number
  readonly ms: number
  readonly beyondParse: number
  readonly status: number
  readonly wrong: string
}

const until = performance.now() + Number(values.minutes) * 60_000
const half = performance.now() + Number(values.minutes) * 30_000
const random = makeRandom(Number(values.seed), 'grow')
const [firstSeed = 0, lastSeed = firstSeed] = values.seeds === '' ? [0, GROW_SEEDS.length] : values.seeds.split('-').map(Number)
const places = GROW_SEEDS.slice(firstSeed, lastSeed + 1)
  .flatMap(placesOf)
  .filter(({ path, name }) => `${path} ${name}`.includes(values.only))
const growths = GROWTHS.filter(({ name }) => name.includes(values.by))
const trials = shuffled(
  places.flatMap((place) =>
    growths
      .filter((growth) => isOfKind(growth, place.old) || random.next() < STRANGE_PART)
      .map((growth): Trial => ({ place, growth }))
  )
)
const gateway = await startHeldGateway()
const rows: Row[] = []
let tried = 0
try {
  await warmUp(gateway)
  const notable: Row[] = []
  for (const trial of trials) {
    if (performance.now() > half) break
    tried++
    const row = await small(trial)
    if (row.wrong !== '') rows.push(row)
    if (row.ms >= NOTABLE_MS) notable.push(row)
    if (tried % 2000 === 0) console.log(`  ${tried} of ${trials.length}, ${notable.length} to be looked at again`)
  }
  for (const row of notable.toSorted((a, b) => b.ms - a.ms).slice(0, Number(values.slowest))) {
    if (performance.now() > until) break
    rows.push(...(await large(row)))
  }
} finally {
  await gateway.stop()
}
report()

async function small(trial: Trial): Promise<Row> {
  const full = await measure(trial, FULL_BYTES, 1)
  if (full.ms < NOTABLE_MS) return full
  const again = await measure(trial, FULL_BYTES, TRIES - 1)
  const least = again.ms < full.ms ? again : full
  if (least.ms < LEAST_STEEP_MS) return least
  return judgeSmall(least, await measure(trial, SMALL_BYTES, TRIES))
}

function judgeSmall(full: Row, part: Row): Row {
  const steep = full.ms / part.ms > (FULL_BYTES / SMALL_BYTES) * STEEP
  const wrong =
    full.ms > MOST_MS ? `over ${MOST_MS} ms` : steep ? `steep: ${part.ms.toFixed(1)} ms at ${SMALL_BYTES / 1000} kB` : ''
  return { ...full, wrong }
}

/** Larger and larger; the first wrong one is enough. What looks wrong is tried again before it is believed. */
async function large(trial: Trial): Promise<Row[]> {
  let before: Row | undefined
  const found: Row[] = []
  for (const bytes of LARGE_BYTES) {
    const once = judgeLarge(await measure(trial, bytes, 1), before)
    const row = once.wrong === '' ? once : judgeLarge(await measure(trial, bytes, TRIES), before)
    found.push(row)
    if (row.wrong !== '') break
    before = row
  }
  return found
}

function judgeLarge(row: Row, before: Row | undefined): Row {
  const most = MOST_MS * Math.max(1, row.bytes / PER_BYTES)
  const isSteep = before !== undefined && before.ms > LEAST_STEEP_MS && row.ms / before.ms > (row.bytes / before.bytes) * STEEP
  const wrong =
    row.beyondParse > most ? `over ${most} ms` : isSteep ? `steep: ${before.ms.toFixed(0)} ms at ${before.bytes / 1e6} MB` : ''
  return { ...row, wrong }
}

async function measure({ place, growth }: Trial, bytes: number, tries: number): Promise<Row> {
  const body = place.fill(growth.make(place.old, bytes))
  const { status, ms } = await gateway.ask(place.path, body, { tries })
  return { place, growth, bytes, ms, beyondParse: ms < NOTABLE_MS ? ms : ms - parseMs(body), status, wrong: '' }
}

/** Of a seed that is refused nothing behind the refusal would be seen. */
async function warmUp({ ask }: HeldGateway): Promise<void> {
  for (let round = 0; round < 20; round++) {
    for (const { path, body } of GROW_SEEDS) {
      const { status } = await ask(path, JSON.stringify(body))
      if (status !== 200) throw new Error(`the seed of ${path} is answered ${status}`)
    }
  }
}

function report(): void {
  const all = rows.filter(({ bytes }) => bytes > FULL_BYTES)
  console.log(
    `${places.length} places, ${growths.length} ways to grow; ${tried} of ${trials.length} tried, ${all.length} large ones`
  )
  for (const row of all.toSorted((a, b) => b.beyondParse - a.beyondParse).slice(0, SHOWN)) console.log(line(row))
  const wrong = rows.filter((row) => row.wrong !== '')
  console.log(wrong.length === 0 ? 'none worse than linear, none over the bar' : `WRONG: ${wrong.length}`)
  for (const row of wrong.toSorted((a, b) => b.ms - a.ms)) console.log(`${line(row)} ${row.wrong}`)
  process.exitCode = wrong.length === 0 ? 0 : 1
}

function line({ place, growth, bytes, ms, beyondParse, status }: Row): string {
  return `  ${ms.toFixed(0).padStart(6)} ms, ${beyondParse.toFixed(0).padStart(6)} beyond parsing, ${(bytes / 1e6).toFixed(1)} MB, ${status}: ${place.path} ${place.name}: ${growth.name}`
}

function shuffled<T>(list: readonly T[]): T[] {
  const made = [...list]
  for (let at = made.length - 1; at > 0; at--) {
    const other = random.between(0, at)
    ;[made[at], made[other]] = [made[other]!, made[at]!]
  }
  return made
}
