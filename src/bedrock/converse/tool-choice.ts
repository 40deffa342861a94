import type { JsonObject } from '../../core/json.ts'
import { unreachable } from '../../core/unreachable.ts'
import { GatewayError, quoted } from '../../errors.ts'
import { type EncodeScope, isOmitted } from '../prepare/encode-scope.ts'
import type { ToolParts } from './plans.ts'

/** The caller's choice of tools, in what the model takes. */
export interface ToolChoicePlan {
  readonly wire: JsonObject
  readonly instructions: readonly string[]
  /** The one tool to offer, where a model that must call something cannot be told what. */
  readonly only?: string
}

type Kind = 'auto' | 'any' | 'tool'

const NOTHING: ToolChoicePlan = { wire: {}, instructions: [] }

/** Forces where the model can be forced; else it is left free, told in words, and the caller gets a warning. */
export function planToolChoice(encoding: EncodeScope, parts: ToolParts): ToolChoicePlan {
  const takes = choicesOf(encoding, parts.reasoning)
  const { tool } = parts.output
  if (tool !== undefined) return answerTool(tool.name, takes, parts.callable.length > 0)
  const { toolChoice } = encoding.request
  if (toolChoice === undefined || parts.callable.length === 0) return NOTHING
  switch (toolChoice.type) {
    case 'none':
      return NOTHING
    case 'auto':
      return takes('auto') ? { wire: { toolChoice: { auto: {} } }, instructions: [] } : NOTHING
    case 'required':
      return requireAny(encoding, parts, takes)
    case 'tool':
      return requireOne(encoding, parts, { name: toolChoice.name, takes })
    default:
      return unreachable(toolChoice)
  }
}

type Takes = (kind: Kind) => boolean

function choicesOf(encoding: EncodeScope, reasoning: boolean): Takes {
  const { traits } = encoding
  const onlyAuto = reasoning && !traits.forcedToolWithReasoning
  return (kind) => (kind === 'auto' ? traits.toolChoice.includes(kind) : !onlyAuto && takesForced(encoding, kind))
}

/** Tells whether the model takes this way of forcing a tool, as far as is known. */
export function takesForced(encoding: EncodeScope, kind: 'any' | 'tool'): boolean {
  return encoding.traits.toolChoice.includes(kind) && !isOmitted(encoding, `toolChoice.${kind}`)
}

function answerTool(name: string, takes: Takes, amongOthers: boolean): ToolChoicePlan {
  const alone = !amongOthers && takes('tool')
  return { wire: { toolChoice: alone ? { tool: { name } } : { any: {} } }, instructions: [] }
}

function requireAny(encoding: EncodeScope, parts: ToolParts, takes: Takes): ToolChoicePlan {
  if (takes('any')) return { wire: { toolChoice: { any: {} } }, instructions: [] }
  const [only, ...more] = parts.callable
  if (only !== undefined && more.length === 0 && takes('tool')) {
    return { wire: { toolChoice: { tool: { name: parts.names.toBedrock(only.name) } } }, instructions: [] }
  }
  return told(encoding, takes, 'Answer by calling one of the given tools, not with text.')
}

function requireOne(encoding: EncodeScope, parts: ToolParts, { name, takes }: { name: string; takes: Takes }): ToolChoicePlan {
  if (!parts.callable.some((tool) => tool.name === name)) {
    throw new GatewayError('invalid_value', `${quoted(name)} shall be called, and is not among the tools`, {
      field: 'toolChoice'
    })
  }
  const wired = parts.names.toBedrock(name)
  if (takes('tool')) return { wire: { toolChoice: { tool: { name: wired } } }, instructions: [] }
  if (takes('any')) return { wire: { toolChoice: { any: {} } }, instructions: [], only: name }
  return told(encoding, takes, `Answer by calling the tool ${wired}, not with text.`)
}

function told(encoding: EncodeScope, takes: Takes, instruction: string): ToolChoicePlan {
  encoding.warn('toolChoice', 'the model cannot be forced to call a tool here; it is asked to in words')
  return { wire: takes('auto') ? { toolChoice: { auto: {} } } : {}, instructions: [instruction] }
}

/** Whether the model's own search of the web goes along: where it may be left out, not against the caller's choice or Bedrock's word. */
export function searchesWeb({ request, traits, omissions }: EncodeScope): boolean {
  if (traits.webSearchTool === '') return false
  if (request.webSearch === true) return true
  return request.optionalSearch !== undefined && request.toolChoice?.type !== 'none' && !isOmitted({ omissions }, 'webSearch')
}
