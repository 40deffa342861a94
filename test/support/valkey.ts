import { createServer, type Server, type Socket } from 'node:net'
import type { Test } from 'tap'
import { freePort } from '../process.ts'

/** A small Valkey over a real socket: the commands that budgets use, one after the other, as the real one runs them. */
export interface TestValkey {
  readonly url: string
  /** Everything it holds, as text. */
  get(name: string): string | undefined
  names(): string[]
  /** Hangs up and listens no more; what it holds stays. */
  stop(): Promise<void>
  start(): Promise<void>
}

type Reply = string | number | null | Error | readonly Reply[]
type Hash = Map<string, string>

export async function startValkey(t: Test): Promise<TestValkey> {
  const port = await freePort()
  const data = new Map<string, string | Hash>()
  const sockets = new Set<Socket>()
  let server: Server | undefined

  async function start(): Promise<void> {
    server = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => sockets.delete(socket))
      serve(socket, data)
    })
    await new Promise<void>((resolve) => server?.listen(port, '127.0.0.1', resolve))
  }

  async function stop(): Promise<void> {
    const closed = new Promise((resolve) => server?.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }

  t.teardown(stop)
  await start()
  const get = (name: string) => {
    const value = data.get(name)
    return typeof value === 'string' ? value : value && JSON.stringify(Object.fromEntries(value))
  }
  return { url: `redis://127.0.0.1:${port}`, get, names: () => [...data.keys()], stop, start }
}

function serve(socket: Socket, data: Map<string, string | Hash>): void {
  let rest = ''
  let queue: string[][] | undefined
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    const { commands, left } = parse(rest + chunk)
    rest = left
    for (const command of commands) socket.write(Buffer.from(encode(answer(command)), 'latin1'))
  })

  function answer(command: string[]): Reply {
    const name = command[0]?.toUpperCase()
    if (name === 'MULTI') {
      queue = []
      return 'OK'
    }
    if (name === 'EXEC') {
      const run = queue ?? []
      queue = undefined
      return run.map((one) => call(data, one))
    }
    if (queue === undefined) return call(data, command)
    queue.push(command)
    return 'QUEUED'
  }
}

function call(data: Map<string, string | Hash>, [name = '', key = '', ...args]: string[]): Reply {
  const [first = '', second = ''] = args
  const hash = (): Hash => {
    const found = data.get(key)
    if (found instanceof Map) return found
    const made: Hash = new Map()
    data.set(key, made)
    return made
  }
  const text = (of: string) => {
    const value = data.get(of)
    return typeof value === 'string' ? value : null
  }
  switch (name.toUpperCase()) {
    case 'INFO':
      return 'redis_version:7.2.0'
    case 'INCRBY': {
      const sum = Number(text(key) ?? 0) + Number(first)
      data.set(key, String(sum))
      return sum
    }
    case 'MGET':
      return [key, ...args].map((one) => text(one) ?? null)
    case 'GET':
      return text(key)
    case 'DEL':
      return [key, ...args].filter((one) => data.delete(one)).length
    case 'HSET':
      hash().set(first, second)
      return 1
    case 'HINCRBY': {
      const sum = Number(hash().get(first) ?? 0) + Number(second)
      hash().set(first, String(sum))
      return sum
    }
    case 'HDEL':
      return hash().delete(first) ? 1 : 0
    case 'HGETALL':
      return [...hash()].flat()
    case 'SCAN': {
      const pattern = new RegExp(
        `^${(args[args.findIndex((one) => one.toUpperCase() === 'MATCH') + 1] ?? '*').replace(/[.{}[\]()+^$|]/g, '\\$&').replaceAll('*', '.*')}$`
      )
      return ['0', [...data.keys()].filter((one) => pattern.test(one))]
    }
    case 'PEXPIRE':
    case 'PEXPIREAT':
      return 1
    case 'QUIT':
    case 'CLIENT':
    case 'SELECT':
      return 'OK'
    default:
      return new Error(`ERR unknown command '${name}'`)
  }
}

function parse(text: string): { commands: string[][]; left: string } {
  const commands: string[][] = []
  let at = 0
  for (;;) {
    const head = /^\*(\d+)\r\n/.exec(text.slice(at, at + 32))
    if (head === null) break
    let place = at + head[0].length
    const words: string[] = []
    for (let i = 0; i < Number(head[1]); i++) {
      const length = /^\$(\d+)\r\n/.exec(text.slice(place, place + 32))
      if (length === null || text.length < place + length[0].length + Number(length[1]) + 2)
        return { commands, left: text.slice(at) }
      place += length[0].length
      words.push(text.slice(place, place + Number(length[1])))
      place += Number(length[1]) + 2
    }
    commands.push(words)
    at = place
  }
  return { commands, left: text.slice(at) }
}

function encode(reply: Reply): string {
  if (reply === null) return '$-1\r\n'
  if (reply instanceof Error) return `-${reply.message}\r\n`
  if (typeof reply === 'number') return `:${reply}\r\n`
  if (typeof reply === 'string') return `$${reply.length}\r\n${reply}\r\n`
  return `*${reply.length}\r\n${reply.map(encode).join('')}`
}
