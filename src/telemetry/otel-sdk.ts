import { type Context, defaultTextMapGetter, type Meter, ROOT_CONTEXT, type Tracer } from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { defaultResource, detectResources, envDetector, type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider
} from '@opentelemetry/sdk-trace'
import { within } from '../core/within.ts'

export interface OtelOptions {
  /** Whether there is an endpoint for them. */
  readonly traces: boolean
  readonly metrics: boolean
  /** `service.name`, unless `OTEL_RESOURCE_ATTRIBUTES` names another. */
  readonly serviceName: string
  readonly sampler: SamplerName
  /** For the samplers of a ratio: 0 to 1. */
  readonly ratio: number
}

/** The standard names that `OTEL_TRACES_SAMPLER` takes. */
export type SamplerName =
  | 'always_on'
  | 'always_off'
  | 'traceidratio'
  | 'parentbased_always_on'
  | 'parentbased_always_off'
  | 'parentbased_traceidratio'

/** What telemetry is written with. */
export interface OtelSdk {
  /** Absent when no traces are wanted. */
  readonly tracer: Tracer | undefined
  readonly meter: Meter
  /** The trace that a caller's `traceparent` names, else none. */
  parentOf(headers: Readonly<Record<string, string | string[] | undefined>>): Context
  /** Sends what has been collected, for at most `ms`. Never fails: telemetry is no reason to end badly, or late. */
  close(ms: number): Promise<void>
}

/** Opens the SDK with OTLP over HTTP. Endpoints, headers, timeouts and compression come from the exporters' own standard variables. */
export function openOtel(options: OtelOptions): OtelSdk {
  const resource = resourceOf(options.serviceName)
  const tracers = options.traces
    ? new TracerProvider({
        resource,
        sampler: samplerOf(options),
        spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })]
      })
    : undefined
  const readers = options.metrics ? [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter() })] : []
  const meters = new MeterProvider({ resource, readers })
  const propagator = new W3CTraceContextPropagator()
  return {
    tracer: tracers?.getTracer('adit'),
    meter: meters.getMeter('adit'),
    parentOf: (headers) => propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter),
    async close(ms) {
      const sent = Promise.allSettled([tracers?.shutdown(), meters.shutdown()])
      await within<unknown>(sent, { ms, late: () => new Error('the collector does not answer') }).catch(() => {})
    }
  }
}

function resourceOf(serviceName: string): Resource {
  return defaultResource()
    .merge(resourceFromAttributes({ 'service.name': serviceName }))
    .merge(detectResources({ detectors: [envDetector] }))
}

function samplerOf({ sampler, ratio }: OtelOptions): Sampler {
  const name = sampler.replace('parentbased_', '')
  const root =
    name === 'always_off'
      ? new AlwaysOffSampler()
      : name === 'traceidratio'
        ? new TraceIdRatioBasedSampler(ratio)
        : new AlwaysOnSampler()
  return sampler.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root
}
