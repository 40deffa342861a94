import type { Traits } from '../../models/traits.ts'
import type { DocumentNames } from '../prepare/document-names.ts'
import type { ToolNames } from '../prepare/tool-names.ts'
import type { PropertyNames } from '../schema/property-names.ts'

/** What the encoding of a block depends on. */
export interface BlockScope {
  readonly traits: Traits
  /** For error messages. */
  readonly model: string
  readonly names: ToolNames
  readonly properties: PropertyNames
  readonly documents: DocumentNames
  /** A guardrail is set, so text marked for it goes out as guardContent. */
  readonly guarded: boolean
  readonly status: boolean
  /** Citations are on for all documents of a request or for none: Claude refuses a mixture. */
  readonly cites: boolean
  /** Text of the system stands as such among the user's. */
  readonly systemTurns: boolean
  /** Cache points stand inside tool results. */
  readonly pointsInResults: boolean
}
