import type { JsonObject } from '../../core/json.ts'
import type { Keeping } from './keeping.ts'
import type { ToolTable } from './tool-table.ts'

/** What of a request concerns only the shape of its answer. */
export interface ResponsesOptions {
  /** The members of a response that repeat the request, but for the tier, which may turn out to be another. */
  readonly echo: JsonObject
  /** What shall be kept of the answer. */
  readonly keeping?: Keeping
  /** The tier asked for. */
  readonly serviceTier: string
  readonly tools: ToolTable
  /** The caller wants to see the reasoning. */
  readonly showsSummary: boolean
  /** The answer is the summary of the conversation, and goes out as one `compaction` item. */
  readonly isCompaction: boolean
  /** The caller asked for response fields of the model's own. */
  readonly responseFields: boolean
}
