import type { FunctionTool } from '../../core/turn.ts'
import { GatewayError } from '../../errors.ts'
import type { EncodeScope } from './encode-scope.ts'

/** A caller's function with its place in the request. */
export interface CallableTool extends FunctionTool {
  readonly path: string
}

/**
 * The functions that the model may call now. None where the caller forbids calls or the model cannot: then the history's tool blocks
 * become text and toolConfig stays away, but for `pastTools`.
 */
export function callableTools(encoding: EncodeScope): readonly CallableTool[] {
  const { request, traits, target, warn, warnAt } = encoding
  const functions = functionsOf(encoding)
  reportForeign(encoding, functions.length > 0)
  if (functions.length === 0 || request.toolChoice?.type === 'none') return []
  if (traits.tools) return withoutDuplicates(functions, warnAt)
  const forced = request.toolChoice?.type === 'required' || request.toolChoice?.type === 'tool'
  if (forced) throw new GatewayError('unsupported_parameter', `${target.id} cannot call tools`, { field: 'toolChoice' })
  warn('tools', 'the model cannot call tools')
  return []
}

/**
 * The tools of the history where none can be called and it shall stay as it is: Bedrock refuses calls of tools that it is not told of
 * (B4). Those of the request come first, as they were when they could be called, so that the model's cache still holds them.
 */
export function pastTools(encoding: EncodeScope, callable: readonly CallableTool[]): readonly CallableTool[] {
  const { request, traits, warnAt } = encoding
  if (request.keepsCalls !== true || callable.length > 0 || !traits.tools || !traits.toolsInStream) return []
  const called = new Set(
    request.turns.flatMap(({ content }) => content.flatMap((block) => (block.type === 'tool-call' ? [block.name] : [])))
  )
  if (called.size === 0) return []
  const listed = withoutDuplicates(functionsOf(encoding), warnAt)
  for (const { name } of listed) called.delete(name)
  return [...listed, ...Array.from(called, (name) => ({ type: 'function' as const, name, description: GONE, path: 'tools' }))]
}

const GONE = 'It was there earlier in this conversation.'

function functionsOf({ request }: EncodeScope): readonly CallableTool[] {
  return request.tools.flatMap((tool, index) =>
    tool.type === 'function' && tool.deferred !== true ? [{ ...tool, path: tool.path ?? `tools[${index}]` }] : []
  )
}

/** Tools that only another provider runs: beside others they are left out, alone or forced they are what the request is about. */
function reportForeign({ request, target, warnAt }: EncodeScope, isBesideOthers: boolean): void {
  const { toolChoice } = request
  for (const [index, tool] of request.tools.entries()) {
    if (tool.type !== 'provider') continue
    const path = tool.path ?? `tools[${index}]`
    const isForced = toolChoice?.type === 'tool' && toolChoice.name === tool.name
    if (isForced || !(isBesideOthers || tool.isSearch)) {
      const why = `${target.id} has no tool ${tool.name} (${tool.kind}): its provider does not run it on Bedrock`
      throw new GatewayError('unsupported_parameter', why, { param: path })
    }
    warnAt(path, 'its provider does not run it on Bedrock')
  }
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
