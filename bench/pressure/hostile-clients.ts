import { once } from 'node:events'
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { setPriority } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeRandom } from '../../src/standin/random.ts'
import { HOSTILE_KEY } from '../requests.ts'
import { LARGE_BODIES, type LargeBody, SMALL_BODIES } from './bodies.ts'

/** Arguments: the gateway's port, milliseconds, clients, seed. Tells its parent at the end what came of each kind of body. */
const [port, ms, clients, seed] = process.argv.slice(2).map(Number) as [number, number, number, number]
const { next } = makeRandom(seed, 'hostile')
const agent = new Agent({ keepAlive: true, maxSockets: clients })
const until = performance.now() + ms
const outcomes = new Map<string, number>()
const LARGEST_MB = 31
const PAUSE_MS = 200
const LOWER = 5

setPriority(LOWER) // the good clients and the upstream have the core first
await Promise.all(Array.from({ length: clients }, client))
process.send?.([...outcomes])
process.disconnect?.()

async function client(): Promise<void> {
  while (performance.now() < until) {
    const large = next() < 0.5 ? LARGE_BODIES[Math.floor(next() * LARGE_BODIES.length)] : undefined
    const size = 1 + Math.floor(next() * LARGEST_MB)
    const small = SMALL_BODIES[Math.floor(next() * SMALL_BODIES.length)]!
    const outcome = await ask(large === undefined ? whole(small) : large.make(size))
    const name = `${large?.name ?? 'small'}: ${outcome}`
    outcomes.set(name, (outcomes.get(name) ?? 0) + 1)
    await sleep(PAUSE_MS)
  }
}

function whole(json: string): LargeBody {
  const head = Buffer.from(json)
  return { bytes: head.length, head, part: Buffer.alloc(0), times: 0, tail: Buffer.alloc(0) }
}

/** The status of the answer, or what became of the connection: an upload that is cut off is an outcome like any other. */
async function ask(body: LargeBody): Promise<string> {
  const asked = request({
    port,
    agent,
    host: '127.0.0.1',
    path: '/v1/chat/completions',
    method: 'POST',
    headers: { authorization: `Bearer ${HOSTILE_KEY}`, 'content-type': 'application/json', 'content-length': body.bytes }
  })
  try {
    const answered = once(asked, 'response') as Promise<[IncomingMessage]>
    answered.catch(() => {}) // thrown below, where the body has been sent
    await send(asked, body)
    const [answer] = await answered
    for await (const _piece of answer);
    return String(answer.statusCode)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? (error as Error).message
  } finally {
    if (!asked.writableFinished) asked.destroy()
  }
}

/** Writes a body as fast as it is taken, until it is answered. */
async function send(asked: ClientRequest, { head, part, times, tail }: LargeBody): Promise<void> {
  let isAnswered = false
  asked.once('response', () => {
    isAnswered = true
  })
  asked.write(head)
  for (let count = 0; count < times && !isAnswered; count++)
    if (!asked.write(part)) await Promise.race([once(asked, 'drain'), once(asked, 'response'), once(asked, 'close')])
  if (!isAnswered) asked.end(tail)
}
