import { JsonRoom } from '../../core/json-room.ts'
import type { SpeltWarning } from '../../core/warning.ts'

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
  const note = (param: string, reason: string) => {
    if (warnings.length < MAX_WARNINGS) warnings.push({ param, reason })
  }
  return { report: Object.assign(note, { room: new JsonRoom() }), warnings }
}
