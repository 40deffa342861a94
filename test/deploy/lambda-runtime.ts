import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

/** What a function's answer to one event was, as Lambda's runtime API took it. */
export interface Answered {
  readonly mode: string | undefined
  readonly type: string | undefined
  /** Pieces in the order they came in. */
  readonly pieces: Buffer[]
  /** Whether the answer came to its own end. */
  whole: boolean
  readonly error: boolean
}

const TOO_LARGE = 6 * 1024 * 1024
const INVOCATION = /^\/2018-06-01\/runtime\/invocation\/([^/]+)\/(response|error)$/

/**
 * Lambda's runtime API and extensions API, as far as a function behind a web adapter meets them (AWS Lambda developer guide, "Using the
 * Lambda runtime API" and "Extensions API", read 2026-11): an event for each GET, its answer by POST, whole or streamed, whole ones of at
 * most 6 MB.
 */
export async function startRuntimeApi(t: Test) {
  const waiting: ServerResponse[] = []
  const events: { id: string; event: object }[] = []
  const answers = new Map<string, (answered: Answered) => void>()
  const begun = new Map<string, { request: IncomingMessage; pieces: Buffer[] }>()
  const asked: number[] = []
  let count = 0

  function handOut(): void {
    for (let next = events[0]; next !== undefined && waiting.length > 0; next = events[0]) {
      const response = waiting.shift()
      if (response === undefined || response.destroyed) continue
      events.shift()
      response.writeHead(200, {
        'content-type': 'application/json',
        'lambda-runtime-aws-request-id': next.id,
        'lambda-runtime-deadline-ms': String(Date.now() + 900_000),
        'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:123456789012:function:adit',
        'lambda-runtime-trace-id': 'Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0'
      })
      response.end(JSON.stringify(next.event))
    }
  }

  const server = createServer(async (request, response) => {
    const path = String(request.url)
    if (path === '/2018-06-01/runtime/invocation/next') {
      asked.push(performance.now())
      waiting.push(response)
      return handOut()
    }
    if (path === '/2020-01-01/extension/register') {
      request.resume()
      return response.writeHead(200, { 'lambda-extension-identifier': 'e1' }).end('{"functionName":"adit"}')
    }
    if (path === '/2020-01-01/extension/event/next') return undefined // nothing to tell an extension until the end
    const [, id = '', what] = INVOCATION.exec(path) ?? []
    if (what === undefined) return response.writeHead(404).end()
    const pieces: Buffer[] = []
    const answered = {
      mode: request.headers['lambda-runtime-function-response-mode'] as string | undefined,
      type: request.headers['content-type'],
      pieces,
      whole: false,
      error: what === 'error'
    }
    begun.set(id, { request, pieces })
    try {
      for await (const piece of request) pieces.push(piece as Buffer)
      answered.whole = true
    } catch {
      // cut off, by either side
    }
    const size = pieces.reduce((sum, { length }) => sum + length, 0)
    const refused = answered.mode === undefined && size > TOO_LARGE
    if (!response.destroyed)
      response.writeHead(refused ? 413 : 202).end(refused ? '{"errorType":"Function.ResponseSizeTooLarge"}' : '{"status":"OK"}')
    answers.get(id)?.(answered)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })

  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** When the function asked for work, each time. */
    asked,
    /** Gives the function an event; `answer` settles with what it answered. */
    invoke(event: object) {
      if (JSON.stringify(event).length > TOO_LARGE)
        throw new Error('RequestEntityTooLargeException: Lambda takes events of at most 6 MB')
      const id = `8476a536-e9f4-11e8-9739-${String(++count).padStart(12, '0')}`
      const answer = new Promise<Answered>((resolve) => answers.set(id, resolve))
      events.push({ id, event })
      handOut()
      return {
        answer,
        /** What has come so far. */
        soFar: () => Buffer.concat(begun.get(id)?.pieces ?? []).toString(),
        /** Lambda lets go of the answer, as when the client has left. */
        cut: () => begun.get(id)?.request.destroy()
      }
    }
  }
}

/** An event of a Function URL (payload format 2.0). */
export function urlEvent(method: string, path: string, headers: Record<string, string>, body?: string): object {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: '',
    headers: {
      host: 'abc.lambda-url.us-east-1.on.aws',
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '203.0.113.7',
      ...headers
    },
    requestContext: {
      accountId: 'anonymous',
      apiId: 'abc',
      domainName: 'abc.lambda-url.us-east-1.on.aws',
      domainPrefix: 'abc',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '203.0.113.7', userAgent: 'test' },
      requestId: 'r1',
      routeKey: '$default',
      stage: '$default',
      time: '27/Nov/2026:12:00:00 +0000',
      timeEpoch: 1_795_780_800_000
    },
    ...(body === undefined ? {} : { body }),
    isBase64Encoded: false
  }
}

/** An event of a load balancer's target group with multi-value headers. */
export function balancerEvent(method: string, path: string, headers: Record<string, string>, body = ''): object {
  const many = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
  return {
    requestContext: { elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/adit/1' } },
    httpMethod: method,
    path,
    multiValueQueryStringParameters: {},
    multiValueHeaders: { host: ['llm.example.com'], ...many },
    body,
    isBase64Encoded: false
  }
}
