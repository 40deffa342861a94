import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Test } from 'tap'
import { createCredentialSource } from '../../src/aws/credentials.ts'
import {
  type BedrockCall,
  createTransport,
  modelPath,
  type Transport,
  type TransportOptions
} from '../../src/bedrock/transport/transport.ts'
import { type Completion, createCollector } from '../../src/core/collect.ts'
import type { EventBatch } from '../../src/core/event.ts'
import type { ErrorKind } from '../../src/errors.ts'
import { CREDENTIALS } from '../../src/standin/options.ts'
import { type Standin, type StandinOptions, startStandin } from '../../src/standin/server.ts'

/** A stand-in that lives as long as the test, with the environment of this process pointing at it. */
export async function standin(t: Test, options: StandinOptions = {}): Promise<Standin> {
  const started = await startStandin({ auth: 'check', ...options })
  t.teardown(() => started.close())
  setEnv(t, started.env)
  return started
}

/** Sets environment variables for one test. */
export function setEnv(t: Test, env: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(env)) {
    const before = process.env[name]
    t.teardown(() => {
      if (before === undefined) delete process.env[name]
      else process.env[name] = before
    })
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
}

export const { accessKeyId, secretAccessKey } = CREDENTIALS

/** A transport that signs with the stand-in's credentials, closed with the test. */
export function transport(t: Test, options: Partial<TransportOptions> & { sdkRegion?: true } = {}): Transport {
  const made = createTransport({
    ...(options.sdkRegion ? {} : { region: 'us-east-1' }),
    credentials: createCredentialSource({ load: async () => ({ accessKeyId, secretAccessKey }) }),
    firstEventTimeoutMs: 5000,
    idleTimeoutMs: 5000,
    ...options
  })
  t.teardown(() => made.close())
  return made
}

/** A bare TCP server in Bedrock's place, for what no HTTP server would do. `serve` gets each connection; a request may come on it. */
export async function tcp(
  t: Test,
  serve: (socket: Socket) => void
): Promise<{ url: string; sockets: Set<Socket>; server: Server }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    serve(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  setEnv(t, { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url })
  return { url, sockets, server }
}

/** What a rejection must look like: members of the GatewayError, messages as patterns. */
export function failing(match: { kind?: ErrorKind; message?: RegExp; retryAfterS?: number; param?: string }): Error {
  return match as unknown as Error
}

/** Waits until something holds; fails the test after two seconds. */
export async function until(holds: () => boolean, ms = 2000): Promise<void> {
  const end = performance.now() + ms
  while (!holds()) {
    if (performance.now() > end) throw new Error('waited in vain')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** A Converse body that asks one question. */
export function question(text: string): string {
  return JSON.stringify({ messages: [{ role: 'user', content: [{ text }] }], inferenceConfig: { maxTokens: 500 } })
}

/** Reads a whole answer from its events. Rejects where the source throws, as for one that was cut. */
export async function foldEvents(batches: AsyncIterable<EventBatch>): Promise<Completion> {
  const folder = createCollector()
  for await (const batch of batches) for (const event of batch) folder.add(event)
  return folder.result()
}

/** The path and the model of a call, as `send` takes them. */
export function callOf(
  model: string,
  operation: 'converse' | 'converse-stream'
): Pick<BedrockCall, 'path' | 'model' | 'streams'> {
  return { path: modelPath(model, operation), model, streams: operation === 'converse-stream' }
}
