import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { machineNow } from '../clock.ts'
import type { Job } from './jobs.ts'

type Hold = Extract<Job, { do: 'hold' }>

let held: Socket[] = []

/** Opens calls and keeps them open. Says how many have begun to answer when all have, or when the time is up. */
export async function hold({ aim, connections, stall, waitMs }: Hold): Promise<number> {
  let begun = 0
  for (let at = 0; at < connections; at++) {
    const socket = connect({ port: aim.port, host: '127.0.0.1', noDelay: true })
    socket.on('error', () => {})
    socket.once('connect', () => socket.write(aim.request, 'latin1'))
    socket.once('data', () => {
      begun++
      if (stall) socket.pause()
    })
    socket.resume()
    held.push(socket)
    // A thousand connections at once would measure the backlog of listen(2).
    if (at % 20 === 19) await sleep(2)
  }
  const until = machineNow() + waitMs
  while (begun < connections && machineNow() < until) await sleep(20)
  return begun
}

/** Closes what is held, as clients that leave do. */
export function leave(): number {
  const { length } = held
  for (const socket of held) socket.destroy()
  held = []
  return length
}
