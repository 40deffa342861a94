import type { FinishDetails, UsageDetails } from '../../core/event.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Usage } from '../../core/usage.ts'
import type { Head } from '../dialect.ts'
import type { ResponsesOptions } from './options.ts'
import type { Outcome } from './outcome.ts'
import { encodeUsage } from './usage.ts'

/** How far a response is. */
export interface Progress {
  readonly outcome: Outcome | { readonly status: 'in_progress' } | { readonly status: 'failed'; readonly error: FailureBody }
  /** Absent until the end. */
  readonly usage?: Usage
  readonly usageDetails?: UsageDetails
  readonly finishDetails?: FinishDetails
}

export interface FailureBody {
  readonly code: string
  readonly message: string
}

/** What Bedrock calls the tier that everybody has. */
const USUAL_TIER = 'default'

/**
 * The members of a response that stand before its output. Together with `output` and the echo of the request they are all that OpenAI's
 * schema requires (OpenAPI file, 2026-08, and OpenResponses, 2026-04).
 */
export function envelope(head: Head, options: ResponsesOptions, progress: Progress): JsonObject {
  const { outcome, usage, usageDetails, finishDetails } = progress
  const extra = options.responseFields ? finishDetails?.extra : undefined
  return {
    id: head.id,
    object: 'response',
    created_at: head.created,
    completed_at: outcome.status === 'completed' ? Math.floor(Date.now() / 1000) : null,
    status: outcome.status,
    error: outcome.status === 'failed' ? { ...outcome.error } : null,
    incomplete_details: outcome.status === 'incomplete' ? { reason: outcome.reason } : null,
    model: head.model,
    usage: usage === undefined ? null : encodeUsage(usage),
    service_tier: usageDetails?.serviceTier ?? (options.serviceTier === 'auto' ? USUAL_TIER : options.serviceTier),
    ...(extra === undefined ? {} : { response_fields: extra })
  }
}
