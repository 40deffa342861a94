import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { type OpenMember, OpenSet } from '../core/open-set.ts'

/** A stream that must not fall silent. */
export interface Beating extends OpenMember {
  /** The time has come: whoever has said nothing since the last time says something now. */
  beat(): void
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The open streams. Each beats every `HEARTBEAT_MS`, all at once: a timer for each would cost more than all else that it holds. */
    heartbeats: OpenSet<Beating>
  }
}

/** Lets open streams speak, because balancers cut a connection that says nothing (an ALB after 60 s). */
export const heartbeats = fp(
  async (app: FastifyInstance) => {
    const streams = new OpenSet<Beating>()
    const timer = setInterval(() => {
      for (const stream of streams.list()) stream.beat()
    }, app.config.answers.heartbeatMs).unref()
    app.server.once('close', () => clearInterval(timer)) // later than `onClose`: until then answers run
    app.decorate('heartbeats', streams)
  },
  { name: 'heartbeats' }
)
