import { setTimeout as sleep } from 'node:timers/promises'
import { machineNow } from '../clock.ts'
import { type Connection, openConnection, type Told } from './exchange.ts'
import { type Job, type Outcome, spread } from './jobs.ts'

type Load = Extract<Job, { do: 'load' }>

/** An answer that takes longer than this has failed; milliseconds. */
const PATIENCE_MS = 30_000

const free = new Map<number, Connection[]>()

/** Runs a closed loop: every connection sends its next request when its last one is answered. Connections are kept for the next load. */
export async function load(job: Load): Promise<Outcome> {
  const connections = await takeConnections(job.aim.port, job.connections)
  const counts = { done: 0, failed: 0 }
  const delays: number[] = []
  const firstTokens: number[] = []
  const totals: number[] = []
  const startedAt = machineNow()
  const until = startedAt + job.ms

  await Promise.all(
    connections.map(async (connection, at) => {
      if (job.rampMs !== undefined) await sleep((job.rampMs * at) / connections.length)
      let round = 0
      do {
        const told = await ask(connection, job, job.stamped ? delays : undefined)
        if (!told.ok) {
          counts.failed++
          connection.socket.destroy()
          return
        }
        counts.done++
        firstTokens.push(told.firstTokenMs)
        totals.push(told.totalMs)
      } while (++round < (job.rounds ?? Number.POSITIVE_INFINITY) && machineNow() < until)
    })
  )

  free.set(job.aim.port, [...(free.get(job.aim.port) ?? []), ...connections.filter(({ socket }) => !socket.destroyed)])
  return {
    ...counts,
    events: delays.length,
    seconds: (machineNow() - startedAt) / 1000,
    firstToken: spread(firstTokens),
    total: spread(totals),
    delay: spread(delays)
  }
}

async function takeConnections(port: number, count: number): Promise<Connection[]> {
  const kept = (free.get(port) ?? []).filter(({ socket }) => !socket.destroyed)
  const taken = kept.splice(0, count)
  free.set(port, kept)
  while (taken.length < count) taken.push(await openConnection(port))
  return taken
}

function ask(connection: Connection, { aim }: Load, delays: number[] | undefined): Promise<Told> {
  return new Promise((resolve) => {
    const late = setTimeout(() => connection.socket.destroy(), PATIENCE_MS)
    connection.send(aim.request, delays, (told) => {
      clearTimeout(late)
      resolve(told)
    })
  })
}
