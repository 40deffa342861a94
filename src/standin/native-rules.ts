import type { CatalogModel } from './catalog.ts'
import type { NativeBlock, NativeRequest } from './native-request.ts'
import { invalid } from './refusal.ts'

/** Flags that Bedrock takes in a native body; one that is not here refuses the call. Envoy AI Gateway and agentgateway, 2026-08. */
const BETAS = new Set([
  'computer-use-2024-10-22',
  'computer-use-2025-01-24',
  'computer-use-2025-11-24',
  'context-1m-2025-08-07',
  'context-management-2025-06-27',
  'compact-2026-01-12',
  'dev-full-thinking-2025-05-14',
  'effort-2025-11-24',
  'fine-grained-tool-streaming-2025-05-14',
  'interleaved-thinking-2025-05-14',
  'mcp-client-2025-04-04',
  'mcp-client-2025-11-20',
  'mid-conversation-output-config-2026-07-01',
  'mid-conversation-tool-changes-2026-07-01',
  'model-context-window-exceeded-2025-08-26',
  'output-128k-2025-02-19',
  'pdfs-2024-09-25',
  'search-results-2025-06-09',
  'thinking-binding-controls-2026-08-01',
  'thinking-token-count-2026-05-13',
  'token-counting-2024-11-01',
  'token-efficient-tools-2025-02-19',
  'tool-examples-2025-10-29',
  'tool-search-tool-2025-10-19',
  'web-search-2025-03-05'
])

/** Refuses what Claude's body is refused for beside its shape, in Anthropic's words. */
export function checkNative(request: NativeRequest, model: CatalogModel): void {
  const { max_tokens, messages, tools = [], tool_choice, anthropic_beta = [] } = request
  if (anthropic_beta.some((flag) => !BETAS.has(flag))) invalid('invalid beta flag')
  if (max_tokens > model.maxOutput) {
    invalid(
      `max_tokens: ${max_tokens} > ${model.maxOutput}, which is the maximum allowed number of output tokens for ${model.id}`
    )
  }
  if (messages.length === 0) invalid('messages: at least one message is required')
  if (request.context_management !== undefined && !anthropic_beta.includes('context-management-2025-06-27'))
    invalid('context_management: Extra inputs are not permitted')
  if (tool_choice !== undefined && tools.length === 0)
    invalid('tool_choice: tool_choice may only be specified while providing tools')
  checkDeferred(request)
  checkExtras(request, model)
  checkTexts(request)
  checkMarks(request)
  checkPairs(request)
  if (messages.some(({ role }) => role === 'system') && !model.systemTurns)
    invalid("messages: role: Input should be 'user' or 'assistant'")
  if (messages.find(({ role }) => role !== 'system')?.role !== 'user') invalid('messages: first message must use the "user" role')
  if (messages.at(-1)?.role === 'assistant' && !model.prefill)
    invalid('This model does not support assistant message prefill. The conversation must end with a user message.')
  checkPrefillEnd(request)
}

const SEARCH_BETA = 'tool-search-tool-2025-10-19'

function checkDeferred({ tools = [], anthropic_beta: betas = [] }: NativeRequest): void {
  const isOn = betas.includes(SEARCH_BETA)
  for (const [index, tool] of tools.entries()) {
    if (tool.defer_loading !== undefined && !isOn) invalid(`tools.${index}.custom.defer_loading: Extra inputs are not permitted`)
    if (tool.type?.startsWith('computer_') === true && !betas.some((flag) => flag.startsWith('computer-use-')))
      invalid(`tools.${index}: Input tag '${tool.type}' found using 'type' does not match any of the expected tags`)
  }
  if (tools.length > 0 && tools.every((tool) => tool.defer_loading === true))
    invalid('tools: at least one tool must not have defer_loading set to true')
}

const EXAMPLES_BETA = 'tool-examples-2025-10-29'

function checkExtras({ tools = [], anthropic_beta: betas = [] }: NativeRequest, model: CatalogModel): void {
  for (const [index, { input_examples, eager_input_streaming }] of tools.entries()) {
    if (input_examples !== undefined && !betas.includes(EXAMPLES_BETA))
      invalid(`tools.${index}.custom.input_examples: Extra inputs are not permitted`)
    if (eager_input_streaming !== undefined && !model.eagerInput)
      invalid(`tools.${index}.custom.eager_input_streaming: Extra inputs are not permitted`)
  }
}

/** The blocks of a message, a string being one text. */
export function blocksIn(content: string | readonly NativeBlock[] | undefined): readonly NativeBlock[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? [])
}

function checkTexts({ messages, system }: NativeRequest): void {
  for (const [index, { role, content }] of messages.entries()) {
    const blocks = blocksIn(content)
    const isLast = index === messages.length - 1
    if (blocks.length === 0 && !(isLast && role === 'assistant'))
      invalid(`messages.${index}: all messages must have non-empty content except for the optional final assistant message`)
    if (blocks.some((block) => block.text === '')) invalid('messages: text content blocks must be non-empty')
    if (blocks.some((block) => typeof block.text === 'string' && block.text.trim() === ''))
      invalid('messages: text content blocks must contain non-whitespace text')
  }
  if (blocksIn(system).some((block) => block.text === '') && system !== '')
    invalid('system: text content blocks must be non-empty')
}

/** Every block that may carry a mark, in the order in which the model reads them. */
function marked({ tools = [], system, messages }: NativeRequest): readonly { readonly cache_control?: { ttl?: string } }[] {
  const inside = (block: NativeBlock): readonly NativeBlock[] =>
    block.type === 'tool_result' ? [...blocksIn(block.content as string | readonly NativeBlock[]), block] : [block]
  const everywhere = [...tools, ...blocksIn(system), ...messages.flatMap(({ content }) => blocksIn(content)).flatMap(inside)]
  return everywhere.filter((item) => item.cache_control !== undefined)
}

function checkMarks(request: NativeRequest): void {
  const ttls = marked(request).map((item) => item.cache_control?.ttl ?? '5m')
  if (ttls.length > 4) invalid(`A maximum of 4 blocks with cache_control may be provided. Found ${ttls.length}.`)
  if (ttls.includes('5m') && ttls.lastIndexOf('1h') > ttls.indexOf('5m'))
    invalid("a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block.")
}

interface Spoken {
  readonly role: string
  readonly blocks: readonly NativeBlock[]
}

/** Turns of one role in a row are one turn to the model; a system turn between them is none of theirs. */
function mergedTurns({ messages }: NativeRequest): readonly Spoken[] {
  const merged: Spoken[] = []
  for (const { role, content } of messages) {
    if (role === 'system') continue
    const last = merged.at(-1)
    if (last?.role === role) merged.splice(-1, 1, { role, blocks: [...last.blocks, ...blocksIn(content)] })
    else merged.push({ role, blocks: blocksIn(content) })
  }
  return merged
}

function checkPairs(request: NativeRequest): void {
  const turns = mergedTurns(request)
  const seen = new Set<string>()
  for (const [index, turn] of turns.entries()) {
    const used = ids(turn, 'tool_use', 'id')
    const answered = turn.role === 'user' ? ids(turn, 'tool_result', 'tool_use_id') : []
    const wanted = index === 0 ? [] : ids(turns[index - 1]!, 'tool_use', 'id')
    const stray = answered.find((id) => !wanted.includes(id))
    if (turn.role === 'user' && used.length > 0)
      invalid(`messages.${index}: \`tool_use\` blocks can only be in \`assistant\` messages`)
    if (turn.role !== 'user' && ids(turn, 'tool_result', 'tool_use_id').length > 0)
      invalid(`messages.${index}: \`tool_result\` blocks can only be in \`user\` messages`)
    if (stray !== undefined) {
      invalid(
        `messages.${index}.content.0: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`
      )
    }
    if (new Set(answered).size < answered.length)
      invalid(
        `messages.${index}.content: each tool_use must have a single result. Found multiple \`tool_result\` blocks with one id.`
      )
    const missing = wanted.filter((id) => !answered.includes(id))
    if (missing.length > 0) unanswered(index - 1, missing)
    if (used.some((id) => seen.has(id))) invalid(`messages.${index}.content: \`tool_use\` ids must be unique`)
    for (const id of used) seen.add(id)
  }
  const open = turns.at(-1)?.role === 'assistant' ? ids(turns.at(-1)!, 'tool_use', 'id') : []
  if (open.length > 0) unanswered(turns.length - 1, open)
}

function unanswered(index: number, missing: readonly string[]): never {
  return invalid(
    `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`
  )
}

function ids({ blocks }: Spoken, type: string, member: string): readonly string[] {
  return blocks.flatMap((block) => (block.type === type ? [`${block[member]}`] : []))
}

function checkPrefillEnd({ messages }: NativeRequest): void {
  const last = messages.at(-1)
  const text = last?.role === 'assistant' ? blocksIn(last.content).at(-1)?.text : undefined
  if (typeof text === 'string' && text !== text.trimEnd())
    invalid('messages: final assistant content cannot end with trailing whitespace')
}
