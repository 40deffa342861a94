import type { JsonObject } from '../../core/json.ts'
import type { Effort, ReasoningWish } from '../../core/request.ts'
import { optionalChoice, optionalString } from '../openai/read-value.ts'
import type { Report } from '../openai-chat/report.ts'
import { reportUnknown } from './members.ts'

const EFFORTS: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/** Words of catalogues that stand for another: Codex lists `ultra`, and sends it as `xhigh` (0.171). */
const NEAREST: Readonly<Record<string, Effort>> = { ultra: 'xhigh', off: 'none', highest: 'max' }

/** Reads `reasoning.effort`; without one the model does as it does by itself. */
export function decodeEffort(reasoning: JsonObject | undefined, path: string, report: Report): ReasoningWish | undefined {
  if (reasoning !== undefined) reportUnknown(reasoning, 'effort', path, report)
  const said = optionalString(reasoning?.effort, `${path}.effort`)
  if (said === undefined) return undefined
  const known = EFFORTS.find((each) => each === said)
  const effort = known ?? (Object.hasOwn(NEAREST, said) ? NEAREST[said] : undefined)
  if (known === undefined) report(`${path}.effort`, 'no effort that the gateway knows')
  if (effort === undefined) return undefined
  return effort === 'none' ? { effort, enabled: false } : { effort }
}

const SUMMARIES = ['auto', 'concise', 'detailed', 'none'] as const

/** How the caller wants to see what the model thinks; undefined: not at all. */
export function summaryWish(reasoning: JsonObject | undefined, path: string): string | undefined {
  const said =
    optionalChoice(reasoning?.summary, `${path}.summary`, SUMMARIES) ??
    optionalChoice(reasoning?.generate_summary, `${path}.generate_summary`, SUMMARIES)
  return said === 'none' ? undefined : said
}
