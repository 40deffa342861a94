import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Canceller } from '../core/cancel.ts'
import { NOWHERE, type OpenMember, OpenSet } from '../core/open-set.ts'
import { GatewayError } from '../errors.ts'
import { toGatewayError } from './error-handler.ts'

/** The process's way from listening to gone. */
export interface Lifecycle {
  readonly draining: boolean
  /** Requests whose response is not finished. */
  readonly inFlight: number
  /** What is left of `SHUTDOWN_GRACE_MS`, at least 0; all of it while nothing is draining. Milliseconds. */
  readonly graceLeftMs: number
  /**
   * Ends the process's work in order: not ready any more; goes on serving for `DRAIN_DELAY_MS`, since a balancer may still send;
   * then takes no new connection, lets running answers finish for the rest of `SHUTDOWN_GRACE_MS`, and cuts what is left with an error,
   * without waiting for clients that do not read it.
   */
  drain(): Promise<void>
}

declare module 'fastify' {
  interface FastifyInstance {
    lifecycle: Lifecycle
  }
  interface FastifyRequest {
    /**
     * Aborts when the client leaves before its response is complete, when that takes longer than `UPSTREAM_TOTAL_TIMEOUT_MS`, when
     * the process must end, or when the request has failed: everything that is still being done for it ends then.
     * The reason is a GatewayError. (Fastify's own `request.signal` aborts as soon as a POST's body has been read.)
     */
    cancel: Canceller
    /** Its entry among the requests that run; nobody but `lifecycle` looks at it. */
    running: Running
  }
}

const CLOSE_IDLE_EVERY_MS = 200
/** What is cut has so long to tell its client so; who has not read or sent the rest by then loses the connection. Milliseconds. */
const LAST_WORDS_MS = 2000
/** An answer that takes too long is cut late by at most this, or this part of the time it is allowed. */
const LONGEST_LOOK_MS = 1000
const LOOKS = 20

/** A request whose response is not finished. */
interface Running extends OpenMember {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  /** When its time is over, on the process clock (`performance.now()`). Milliseconds. */
  readonly until: number
}

export const lifecycle = fp(
  async (app: FastifyInstance) => {
    const running = new OpenSet<Running>()
    const { totalTimeoutMs } = app.config.upstream
    const unused = unusedConnections(app)
    keepUnsentAnswers(app.server, running)
    const watch = watchTotal(running, totalTimeoutMs)
    app.server.once('close', () => clearInterval(watch)) // later than `onClose`: until then answers run
    let draining = false
    let endsAt = Number.POSITIVE_INFINITY

    app.decorateRequest('cancel', null as unknown as Canceller)
    app.decorateRequest('running', null as unknown as Running)
    app.addHook('onRequest', (request, reply, done) => {
      request.running = { request, reply, until: performance.now() + totalTimeoutMs, place: NOWHERE }
      running.add(request.running)
      unused.delete(request.raw.socket)
      request.cancel = new Canceller()
      // keeps the balancer's pool from holding the process open, and tells clients to connect to another task
      if (draining) reply.header('connection', 'close')
      done()
    })
    app.onOver((request, reply) => {
      running.remove(request.running)
      if (!reply.raw.writableFinished)
        request.cancel.abort(new GatewayError('client_closed', 'The client closed the connection.'))
    })
    app.addHook('onError', (request, _reply, error, done) => {
      request.cancel.abort(toGatewayError(error))
      done()
    })
    app.readiness.add(() => (draining ? 'the gateway is draining' : undefined))

    app.decorate('lifecycle', {
      get draining() {
        return draining
      },
      get inFlight() {
        return running.size
      },
      get graceLeftMs() {
        return Math.max(0, Math.min(app.config.server.shutdownGraceMs, endsAt - performance.now()))
      },
      async drain() {
        draining = true
        const { drainDelayMs, shutdownGraceMs } = app.config.server
        endsAt = performance.now() + shutdownGraceMs
        const closeIdle = setInterval(() => app.server.closeIdleConnections(), CLOSE_IDLE_EVERY_MS)
        await new Promise((resolve) => setTimeout(resolve, drainDelayMs))
        const cut = setTimeout(() => cutAll(running), Math.max(0, shutdownGraceMs - drainDelayMs))
        await app.close()
        clearTimeout(cut)
        clearInterval(closeIdle)
      }
    })
  },
  { name: 'lifecycle', dependencies: ['readiness', 'request-record'] }
)

/**
 * Connections that have not brought a request. Clients open some in advance, and Node does not count them among the idle ones,
 * so that each would hold up the end of the process until its time for headers is over. They are ended when the app closes.
 */
function unusedConnections(app: FastifyInstance): Set<Socket> {
  const unused = new Set<Socket>()
  app.server.on('connection', (socket: Socket) => {
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  app.addHook('preClose', async () => {
    for (const socket of unused) socket.destroy()
  })
  return unused
}

/**
 * Node takes a connection for idle once the whole answer has been handed over, though a slow client has not got it yet, and closing
 * would cut off the rest. So no idle connection is closed, here and by Node's own closing, while an answer is on its way.
 */
function keepUnsentAnswers(server: Server, running: OpenSet<Running>): void {
  const closeIdle = server.closeIdleConnections.bind(server)
  server.closeIdleConnections = () => {
    const isUnsent = running.list().some(({ reply }) => reply.raw.writableEnded)
    if (!isUnsent) closeIdle()
  }
}

/** Looks through all that runs, often enough for the time that is allowed: a timer for each request would cost more than the rest of this. */
function watchTotal(running: OpenSet<Running>, totalTimeoutMs: number): NodeJS.Timeout {
  const everyMs = Math.min(LONGEST_LOOK_MS, Math.max(1, totalTimeoutMs / LOOKS))
  const look = () => {
    const now = performance.now()
    for (const { request, reply, until } of running.list()) {
      if (now >= until && !request.cancel.aborted) cut(request, reply, tookTooLong(totalTimeoutMs))
    }
  }
  return setInterval(look, everyMs).unref()
}

function tookTooLong(ms: number): GatewayError {
  const seconds = Math.round(ms / 1000)
  return new GatewayError('upstream_timeout', `The answer took longer than the ${seconds} seconds that this gateway allows.`)
}

function cutAll(running: OpenSet<Running>): void {
  for (const { request, reply } of running.list()) {
    cut(request, reply, new GatewayError('draining', 'The gateway is shutting down and had to cut this answer; try again.'))
  }
}

function cut(request: FastifyRequest, reply: FastifyReply, reason: GatewayError): void {
  request.cancel.abort(reason)
  const end = setTimeout(() => {
    request.record.error ??= reason.kind
    reply.raw.destroy()
  }, LAST_WORDS_MS)
  reply.raw.once('close', () => clearTimeout(end))
}
