import { once } from 'node:events'
import { request as ask, type ClientRequest, type IncomingMessage } from 'node:http'
import { argv, env } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * A stand-in of the AWS Lambda Web Adapter (0.9, its README), for machines without its binary: waits for the readiness path, takes
 * events, makes HTTP requests of them on AWS_LWA_PORT, and hands the answers back, whole or streamed. `node lambda-adapter.ts`.
 */
const runtime = `http://${env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`
const gateway = `http://127.0.0.1:${env.AWS_LWA_PORT}`
const isStreaming = env.AWS_LWA_INVOKE_MODE?.toLowerCase() === 'response_stream'

interface Event {
  rawPath?: string
  path?: string
  httpMethod?: string
  requestContext: { http?: { method: string } }
  headers?: Record<string, string>
  multiValueHeaders?: Record<string, string[]>
  body?: string
  isBase64Encoded: boolean
}

if (argv[1]?.endsWith('lambda-adapter.ts')) await run()

async function run(): Promise<void> {
  while (!(await isReady())) await sleep(10)
  for (;;) {
    const response = await fetch(`${runtime}/next`)
    const id = String(response.headers.get('lambda-runtime-aws-request-id'))
    await handle(id, (await response.json()) as Event).catch((error: Error) =>
      fetch(`${runtime}/${id}/error`, {
        method: 'POST',
        body: JSON.stringify({ errorType: 'adapter', errorMessage: error.message })
      }).catch(
        () => {} // Lambda has let go of the event already, and the next one is another client's
      )
    )
  }
}

async function isReady(): Promise<boolean> {
  try {
    return (await fetch(`${gateway}${env.AWS_LWA_READINESS_CHECK_PATH}`)).status < 500
  } catch {
    return false
  }
}

async function handle(id: string, event: Event): Promise<void> {
  const request = ask(`${gateway}${event.rawPath ?? event.path}`, {
    method: event.requestContext.http?.method ?? event.httpMethod ?? 'GET',
    headers:
      event.headers ??
      Object.fromEntries(Object.entries(event.multiValueHeaders ?? {}).map(([name, values]) => [name, values.join(', ')]))
  })
  request.end(Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'))
  const answered = once(request, 'response')
  request.on('error', () => {}) // a refusal may come before all is sent, and the connection end after it
  const [response] = (await answered) as [IncomingMessage]
  await (isStreaming ? stream(id, request, response) : whole(id, response))
}

async function stream(id: string, request: ClientRequest, response: IncomingMessage): Promise<void> {
  const post = ask(`${runtime}/${id}/response`, {
    method: 'POST',
    headers: {
      'content-type': 'application/vnd.awslambda.http-integration-response',
      'lambda-runtime-function-response-mode': 'streaming',
      'transfer-encoding': 'chunked'
    }
  })
  post.on('error', () => request.destroy())
  post.write(JSON.stringify({ statusCode: response.statusCode, headers: response.headers, cookies: [] }))
  post.write(Buffer.alloc(8))
  for await (const piece of response) if (!post.write(piece)) await Promise.race([once(post, 'drain'), once(post, 'close')])
  post.end()
  await once(post, 'response')
}

async function whole(id: string, response: IncomingMessage): Promise<void> {
  const pieces: Buffer[] = []
  for await (const piece of response) pieces.push(piece as Buffer)
  const multiValueHeaders = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, [value].flat()]))
  const body = Buffer.concat(pieces).toString()
  await fetch(`${runtime}/${id}/response`, {
    method: 'POST',
    body: JSON.stringify({ statusCode: response.statusCode, multiValueHeaders, headers: {}, body, isBase64Encoded: false })
  })
}
