import { JsonRoom } from '../../core/json-room.ts'
import type { SpeltWarning } from '../../core/warning.ts'
import { MOST_UNKNOWN, UNKNOWN_MEMBER } from '../openai/unknown-members.ts'

/** Notes what could not be carried. */
export interface Report {
  (param: string, reason: string): void
  /** For JSON that strings of the request hold. */
  readonly room: JsonRoom
}

// A long history can lose the same thing in every message; the header that carries the names has a limit of its own.
const MAX_WARNINGS = 32

/** Makes a report and the list it fills. */
export function createReport(): { readonly report: Report; readonly warnings: readonly SpeltWarning[] } {
  const warnings: SpeltWarning[] = []
  let unknown = 0
  const report = (param: string, reason: string): void => {
    if (reason === UNKNOWN_MEMBER && ++unknown > MOST_UNKNOWN) return
    if (warnings.length < MAX_WARNINGS) warnings.push({ param, reason })
  }
  report.room = new JsonRoom()
  return { report, warnings }
}
