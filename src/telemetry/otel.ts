import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

/** What has been collected may take so long to be sent at the end, within the grace; and so long where nothing of it is left. */
const LONGEST_FLUSH_MS = 5000
const LAST_FLUSH_MS = 250

/**
 * With an OTLP endpoint in the standard variables, tells traces and metrics by the semantic conventions for HTTP and for generative AI.
 * A request becomes a server span, in the caller's trace when it sent one, and its call to Bedrock a client span below it; both are made
 * when the request is over, so nothing is added to the way of an event. They never hold prompts or answers.
 */
export const otel = fp(
  async (app: FastifyInstance) => {
    const { otelDisabled, otlpEndpoint, otlpTracesEndpoint, otlpMetricsEndpoint, serviceName, otelSampler, otelSamplerArg } =
      app.config.telemetry
    const traces = (otlpTracesEndpoint ?? otlpEndpoint) !== undefined
    const metrics = (otlpMetricsEndpoint ?? otlpEndpoint) !== undefined
    if (otelDisabled || !(traces || metrics)) return
    // Nobody else pays for loading it.
    const [{ openOtel }, { createSignals }] = await Promise.all([import('./otel-sdk.ts'), import('./otel-signals.ts')])
    const sdk = openOtel({ traces, metrics, serviceName, sampler: otelSampler, ratio: otelSamplerArg })
    const tell = createSignals(sdk)
    app.onOver((request, reply, status) => {
      if (request.url !== '/health' && request.url !== '/ready') tell(request, reply, status)
    })
    app.addHook('onClose', () => sdk.close(Math.min(LONGEST_FLUSH_MS, Math.max(LAST_FLUSH_MS, app.lifecycle.graceLeftMs))))
  },
  { name: 'otel', dependencies: ['request-record', 'lifecycle'] }
)
