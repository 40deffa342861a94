import { spread } from '../driver/jobs.ts'
import { createAsker } from './ask.ts'

const STREAMS = 200
const LOOKS = 500
const MOST_MS = 20

/** Opens 200 streams whose model falls silent, and asks `/health` meanwhile. Gives what is wrong, and prints the figures. */
export async function lookWhileSilent(port: number, say: (text: string) => void): Promise<string[]> {
  const asker = createAsker(port)
  const body = { model: 'standin.fault-hang-mid-stream', stream: true, messages: [{ role: 'user', content: 'hush' }] }
  const streams = Array.from({ length: STREAMS }, (_, index) => asker.begin('/v1/chat/completions', `silent-${index}`, body))
  const responses = await Promise.all(streams.map(({ began }) => began))
  for (const response of responses) response?.resume().on('error', () => {})
  const begun = responses.filter((response) => response?.statusCode === 200).length
  const times: number[] = []
  let failed = 0
  for (let look = 0; look < LOOKS; look++) {
    const before = performance.now()
    const { status } = await asker.ask('/health', `health-${look}`)
    times.push(performance.now() - before)
    if (status !== 200) failed++
  }
  const silent = responses.filter((response) => response?.readableEnded === false).length
  for (const { leave } of streams) leave()
  asker.close()
  const { p50, p99 } = spread(times)
  say(`/health while ${silent} streams are silent: p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`)
  return [
    ...(begun === STREAMS && silent === STREAMS ? [] : [`only ${begun} of ${STREAMS} silent streams began, ${silent} stayed`]),
    ...(failed === 0 ? [] : [`/health failed ${failed} times`]),
    ...(p99 < MOST_MS
      ? []
      : [`/health p99 was ${p99.toFixed(1)} ms while ${silent} streams were silent; under ${MOST_MS} is promised`])
  ]
}
