import type { FunctionTool } from '../../core/turn.ts'
import { GatewayError } from '../../errors.ts'
import type { EncodeScope } from './encode-scope.ts'

/** A caller's function with its place in the request. */
export interface CallableTool extends FunctionTool {
  readonly path: string
}

/**
 * The functions that the model may call now. None where the caller forbids calls or the model cannot:
 * then toolConfig stays away and the history's tool blocks become text.
 */
export function callableTools(encoding: EncodeScope): readonly CallableTool[] {
  const { request, traits, target, warn, warnAt } = encoding
  const functions = request.tools.flatMap((tool, index) =>
    tool.type === 'function' ? [{ ...tool, path: tool.path ?? `tools[${index}]` }] : []
  )
  if (functions.length === 0 || request.toolChoice?.type === 'none') return []
  if (traits.tools) return withoutDuplicates(functions, warnAt)
  const forced = request.toolChoice?.type === 'required' || request.toolChoice?.type === 'tool'
  if (forced) throw new GatewayError('unsupported_parameter', `${target.id} cannot call tools`, { field: 'toolChoice' })
  warn('tools', 'the model cannot call tools')
  return []
}

function withoutDuplicates(functions: readonly CallableTool[], warnAt: EncodeScope['warnAt']): readonly CallableTool[] {
  const seen = new Set<string>()
  return functions.filter((tool) => {
    const isFirst = !seen.has(tool.name)
    seen.add(tool.name)
    if (!isFirst) warnAt(tool.path, 'a tool of this name is already there')
    return isFirst
  })
}
