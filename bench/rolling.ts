import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { stopChild } from './measure/child.ts'
import { freePort, type Part, startGatewayPart, startStandinPart } from './measure/parts.ts'
import { type Balancer, startBalancer } from './rolling/balancer.ts'
import { startClients } from './rolling/clients.ts'

/**
 * `npm run rolling`: two gateways behind HAProxy, which speaks TLS to clients, 20 streams of eight seconds and 5 pollers at work, and each
 * gateway is replaced in turn, in both orders there are: taken out of the balancer first and told to end when nothing runs there, or told
 * to end while requests still come to it, as after a Spot notice. Exits 1 when a request failed, a stream was cut, or a gateway did not end
 * by itself. `GATEWAY_COMMAND` starts it in another way than `npm start`; `npm run check:image` gives the line that runs the image.
 */
const STREAMS = 20
const POLLERS = 5
const LONGEST_MS = 30_000
const command = process.env.GATEWAY_COMMAND?.split(' ')
/** For the second order: longer than the balancer needs to see that a target is not ready any more. */
const DRAIN_DELAY_MS = '3000'

type Order = 'deregistered first' | 'ended first'

const faults: string[] = []
const balancerPort = await freePort()
const balancer = await startBalancer(balancerPort)
if (balancer === undefined) {
  console.log('skipped: haproxy is not installed here')
  process.exit(0)
}
const standin = await startStandinPart()
for (const order of ['deregistered first', 'ended first'] as const) await replaceBoth(balancer, order)
balancer.close()
await stopChild(standin.child)
for (const fault of faults) console.error(`WRONG: ${fault}`)
process.exit(faults.length === 0 ? 0 : 1)

function startOne(order: Order): Promise<Part> {
  return startGatewayPart(standin.port, {
    command,
    env: { DRAIN_DELAY_MS: order === 'ended first' ? DRAIN_DELAY_MS : '0', SHUTDOWN_GRACE_MS: String(LONGEST_MS) }
  })
}

async function replaceBoth(balancer: Balancer, order: Order): Promise<void> {
  const old = { a: await startOne(order), b: await startOne(order) }
  await balancer.register('a', old.a.port)
  await balancer.register('b', old.b.port)
  const clients = startClients(balancerPort, balancer.ca, [STREAMS, POLLERS])
  await sleep(2500)
  const fresh: Part[] = []
  const turns = [
    ['a', 'c'],
    ['b', 'd']
  ] as const
  for (const [place, next] of order === 'ended first' ? turns.toReversed() : turns) {
    const gateway = await startOne(order)
    fresh.push(gateway)
    await balancer.register(next, gateway.port)
    await end(balancer, old[place], place, order)
  }
  await sleep(1500)
  await clients.stop()
  for (const place of ['c', 'd']) await balancer.deregister(place)
  await Promise.all(fresh.map(({ child }) => stopChild(child)))
  const { streams, polls, wrong } = clients.counts
  console.log(
    `${order}: ${streams} streams whole, ${polls} polls answered, ${[...wrong.values()].reduce((sum, n) => sum + n, 0)} wrong`
  )
  for (const [what, count] of wrong) faults.push(`${order}: ${count} x ${what}`)
}

/** Ends one gateway in the given order, and looks how it ends. */
async function end(balancer: Balancer, { child }: Part, place: string, order: Order): Promise<void> {
  const startedAt = performance.now()
  if (order === 'deregistered first') {
    await balancer.deregister(place)
    while ((await balancer.running(place)) > 0 && performance.now() < startedAt + LONGEST_MS) await sleep(100)
  }
  const gone = once(child, 'exit', { signal: AbortSignal.timeout(LONGEST_MS + 5000) })
  child.kill('SIGTERM')
  const [code, signal] = await gone
  if (order === 'ended first') await balancer.deregister(place)
  if (code !== 0) faults.push(`${order}: the gateway of ${place} ended with ${code ?? signal}`)
  console.log(`  ${place} replaced in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
}
