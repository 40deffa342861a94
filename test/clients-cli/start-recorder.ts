import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request as a client sent it, and how it was answered. */
export interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  status: number
  answer: string
}

export interface Recorder {
  /** `http://127.0.0.1:port` */
  readonly base: string
  readonly seen: Seen[]
  close(): Promise<void>
}

/** Stands before `target`, hands everything on as it comes, and keeps it. */
export async function startRecorder(target: string): Promise<Recorder> {
  const seen: Seen[] = []
  const server = createServer((incoming, outgoing) => void passOn(incoming, outgoing, target, seen))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}

const sketch = ({ method = '', url = '', headers }: IncomingMessage) => ({ method, path: url, headers })

async function passOn(incoming: IncomingMessage, outgoing: ServerResponse, target: string, seen: Seen[]): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  const record: Seen = { ...sketch(incoming), body: body.toString('utf8'), status: 0, answer: '' }
  seen.push(record)
  const { host: _, 'transfer-encoding': _chunked, ...headers } = incoming.headers
  const onward = request(target + record.path, { method: record.method, headers: { ...headers, 'content-length': body.length } })
  onward.on('error', () => outgoing.destroy())
  onward.on('response', (answer) => {
    record.status = answer.statusCode ?? 0
    outgoing.writeHead(record.status, answer.rawHeaders)
    answer.on('data', (chunk: Buffer) => {
      record.answer += chunk.toString('latin1')
    })
    answer.on('error', () => outgoing.destroy())
    answer.pipe(outgoing)
  })
  outgoing.on('close', () => onward.destroy())
  onward.end(body)
}
