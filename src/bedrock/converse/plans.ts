import type { JsonObject } from '../../core/json.ts'
import type { CallableTool } from '../prepare/callable-tools.ts'
import type { ToolNames } from '../prepare/tool-names.ts'
import type { PropertyNames } from '../schema/property-names.ts'

/** How the wished form of the answer reaches the model. */
export interface OutputPlan {
  readonly mode: 'text' | 'native' | 'tool' | 'instruction'
  readonly outputConfig?: JsonObject
  /** A tool whose input is the answer, and its name on the wire. */
  readonly tool?: { readonly name: string; readonly spec: JsonObject }
  readonly instructions: readonly string[]
}

/** What the tools of a request are planned from. */
export interface ToolParts {
  readonly names: ToolNames
  readonly properties: PropertyNames
  readonly callable: readonly CallableTool[]
  /** Tools of the history, where none is callable. */
  readonly past: readonly CallableTool[]
  readonly output: OutputPlan
  readonly reasoning: boolean
}
