import type { SpeltWarning } from '../../core/warning.ts'
import { MOST_UNKNOWN, UNKNOWN_MEMBER } from '../openai/unknown-members.ts'

/** Notes what could not be carried. */
export type Report = (param: string, reason: string) => void

/** A long history can lose the same thing in every message; the header that carries the names has a limit of its own. */
const MOST_WARNINGS = 32

/** Makes a report and the list it fills. */
export function createReport(): { readonly report: Report; readonly warnings: readonly SpeltWarning[] } {
  const warnings: SpeltWarning[] = []
  let unknown = 0
  const report: Report = (param, reason) => {
    if (reason === UNKNOWN_MEMBER && ++unknown > MOST_UNKNOWN) return
    if (warnings.length < MOST_WARNINGS && !warnings.some((warning) => warning.param === param)) warnings.push({ param, reason })
  }
  return { report, warnings }
}
