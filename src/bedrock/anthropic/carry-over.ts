import { isEmpty, isJsonObject, type Json, type JsonObject, objects } from '../../core/json.ts'
import type { ChatRequest } from '../../core/request.ts'
import type { Block } from '../../core/turn.ts'
import type { Traits } from '../../models/traits.ts'
import type { OwnTools } from '../converse/own-tools.ts'
import { EXAMPLES_BETA, toolExtras } from '../prepare/tool-extras.ts'
import { isNativeName } from './own-names.ts'

/** What of a request of the Messages dialect has no place on Converse, and stands in Claude's own body as it was written. */
export interface CarriedOver {
  /** Tools by type that the caller runs, under their names. */
  readonly typed: ReadonlyMap<string, JsonObject>
  /** Tools that are not to be loaded before a reference names them, under their names. */
  readonly deferred: ReadonlyMap<string, JsonObject>
  /** Names of tools in `tool_reference` parts, under the id of the call whose result they stand in. */
  readonly references: ReadonlyMap<string, readonly string[]>
  readonly contextManagement?: JsonObject
  /** What tools have beside their schema: examples of inputs, the wish for input piece by piece; under their names. */
  readonly extras: ReadonlyMap<string, JsonObject>
}

const SEARCH_BETA = 'tool-search-tool-2025-10-19'
const CONTEXT_BETA = 'context-management-2025-06-27'
/** Types of tools that the caller runs and Claude knows: with the flag without which Bedrock does not know the type, if any. */
const CLIENT_TYPE = /^(?:bash|text_editor|memory|(computer))_\d{8}$/

/** Looks for what only Claude's own body can hold; undefined: nothing. */
export function carriedOver(request: ChatRequest, traits: Traits): CarriedOver | undefined {
  const { anthropic, betas } = request
  if (anthropic === undefined) return undefined
  const { tools, messages } = anthropic.body
  const { contextManagement } = anthropic
  const hasComputer = betas?.some((flag) => flag.startsWith('computer-use-') && traits.betas.includes(flag)) === true
  const given = objects(tools)
  const typed = given.filter(({ type }) => {
    const [known, computer] = CLIENT_TYPE.exec(typeof type === 'string' ? type : '') ?? []
    return known !== undefined && (computer === undefined || hasComputer)
  })
  const isSearched = given.some(({ type }) => typeof type === 'string' && type.startsWith('tool_search_tool'))
  const mayDefer = traits.betas.includes(SEARCH_BETA) && !isSearched
  const deferred = mayDefer ? given.filter(isDeferred) : []
  const edits = traits.contextEdits && traits.betas.includes(CONTEXT_BETA) && contextManagement !== undefined
  const extras = extrasOf(request, traits)
  const hasSystemTurns = traits.systemTurns && request.turns.some(({ content }) => content.some(isSystemText))
  if (typed.length === 0 && deferred.length === 0 && extras.size === 0 && !edits && !hasSystemTurns) return undefined
  return {
    typed: byName(typed),
    deferred: byName(deferred),
    references: deferred.length === 0 ? new Map() : referencesIn(messages),
    extras,
    ...(edits ? { contextManagement } : {})
  }
}

function isSystemText(block: Block): boolean {
  return block.type === 'text' && block.isSystem === true
}

function extrasOf({ tools }: ChatRequest, traits: Traits): ReadonlyMap<string, JsonObject> {
  const extras = new Map<string, JsonObject>()
  for (const tool of tools) {
    const taken = tool.type === 'function' ? toolExtras(tool, traits) : {}
    if (!isEmpty(taken)) extras.set(tool.name, taken)
  }
  return extras
}

/** A name that only a detour can carry stays withheld as for every other family: a reference could not name it. */
function isDeferred({ defer_loading, type, name }: JsonObject): boolean {
  return defer_loading === true && (type ?? 'custom') === 'custom' && typeof name === 'string' && isNativeName(name)
}

function byName(tools: readonly JsonObject[]): ReadonlyMap<string, JsonObject> {
  return new Map(tools.flatMap((tool) => (typeof tool.name === 'string' ? [[tool.name, tool] as const] : [])))
}

function referencesIn(messages: Json | undefined): ReadonlyMap<string, readonly string[]> {
  const references = new Map<string, readonly string[]>()
  for (const { content } of objects(messages)) {
    for (const { type, tool_use_id, content: parts } of objects(content)) {
      const named = objects(parts).flatMap((part) =>
        part.type === 'tool_reference' && typeof part.tool_name === 'string' ? [part.tool_name] : []
      )
      if (type === 'tool_result' && typeof tool_use_id === 'string' && named.length > 0) references.set(tool_use_id, named)
    }
  }
  return references
}

/** What it is put back with. */
export interface PutBackWords {
  /** The caller's name of a tool on the wire. */
  callerName(wired: string): string
  callerId(wired: string): string
  readonly ownTools: OwnTools | undefined
}

function inOwnWords(extras: CarriedOver['extras'], ownTools: OwnTools | undefined): CarriedOver['extras'] {
  const entries = [...extras].map(([name, extra]): [string, JsonObject] => {
    const examples = ownTools?.examples.get(name)
    return [name, extra.input_examples === undefined || examples === undefined ? extra : { ...extra, input_examples: examples }]
  })
  return new Map(entries)
}

/** Puts it into the body that was rendered without it. */
export function putBack(body: JsonObject, over: CarriedOver, { callerName, callerId, ownTools }: PutBackWords): JsonObject {
  const { contextManagement: edits, deferred } = over
  const extras = inOwnWords(over.extras, ownTools)
  const thinks = isJsonObject(body.thinking) && body.thinking.type !== 'disabled'
  const kept = edits === undefined ? undefined : editsFor(edits, thinks)
  const hasExamples = [...extras.values()].some((extra) => extra.input_examples !== undefined)
  const betas = [
    ...(deferred.size > 0 ? [SEARCH_BETA] : []),
    ...(hasExamples ? [EXAMPLES_BETA] : []),
    ...(kept === undefined ? [] : [CONTEXT_BETA])
  ]
  const before = Array.isArray(body.anthropic_beta) ? body.anthropic_beta : []
  const all = [...new Set([...before, ...betas])]
  return {
    ...body,
    ...(body.tools === undefined && deferred.size === 0
      ? {}
      : { tools: toolsWith(objects(body.tools), { ...over, extras, withheld: ownTools?.withheld }, callerName) }),
    ...(over.references.size === 0
      ? {}
      : { messages: objects(body.messages).map((message) => withReferences(message, over, callerId)) }),
    ...(kept === undefined ? {} : { context_management: kept }),
    ...(all.length === 0 ? {} : { anthropic_beta: all })
  }
}

/** Edits of thinking are refused where the model does not think. */
function editsFor(edits: JsonObject, thinks: boolean): JsonObject | undefined {
  const list = objects(edits.edits).filter(({ type }) => thinks || typeof type !== 'string' || !type.startsWith('clear_thinking'))
  return list.length === 0 ? undefined : { ...edits, edits: list }
}

function toolsWith(
  rendered: readonly JsonObject[],
  { typed, deferred, extras, withheld }: CarriedOver & { readonly withheld: OwnTools['withheld'] | undefined },
  callerName: (wired: string) => string
): readonly JsonObject[] {
  const seen = new Set<string>()
  const tools = rendered.map((tool) => {
    const name = callerName(typeof tool.name === 'string' ? tool.name : '')
    seen.add(name)
    const own = typed.get(name)
    if (own !== undefined) return withMark(own, tool)
    const whole = { ...tool, ...extras.get(name) }
    return deferred.has(name) ? { ...whole, defer_loading: true } : whole
  })
  const later = [...deferred.keys()].flatMap((name) => {
    const tool = seen.has(name) ? undefined : withheld?.get(name)
    return tool === undefined ? [] : [{ ...tool, ...extras.get(name) }]
  })
  // At least one tool must be open: without one, what is withheld could never be asked for.
  return tools.some((tool) => tool.defer_loading !== true) ? [...tools, ...later] : rendered
}

/** The mark is the one that was counted, and never more than Bedrock knows of it. */
function withMark({ cache_control: _, ...own }: JsonObject, { cache_control }: JsonObject): JsonObject {
  return cache_control === undefined ? own : { ...own, cache_control }
}

function withReferences(
  message: JsonObject,
  { references, deferred }: CarriedOver,
  callerId: (wired: string) => string
): JsonObject {
  const content = objects(message.content).map((block) => {
    const id = block.type === 'tool_result' && typeof block.tool_use_id === 'string' ? callerId(block.tool_use_id) : ''
    const named = references.get(id)?.filter((name) => deferred.has(name)) ?? []
    return named.length === 0 ? block : { ...block, content: named.map((tool_name) => ({ type: 'tool_reference', tool_name })) }
  })
  return { ...message, content }
}
