import { type Block, type ConverseRequest, type ToolEntry, textFormat } from './converse-request.ts'
import type { NativeBlock, NativeRequest, NativeTool } from './native-request.ts'
import { blocksIn } from './native-rules.ts'

/** The same request as Converse would have it, so that one set of rules and one brain serve both doors. */
export function asConverse(request: NativeRequest, headers: Readonly<Record<string, string>>): ConverseRequest {
  const { messages, system, max_tokens, temperature, top_p, stop_sequences, tools, output_config } = request
  const { format, ...config } = output_config ?? {}
  const inferenceConfig = {
    maxTokens: max_tokens,
    ...(temperature === undefined ? {} : { temperature }),
    ...(top_p === undefined ? {} : { topP: top_p }),
    ...(stop_sequences === undefined ? {} : { stopSequences: stop_sequences })
  }
  const guardrail = headers['x-amzn-bedrock-guardrailidentifier']
  return {
    // The brain listens to the system as to the user.
    messages: messages.map(({ role, content }) => ({
      role: role === 'system' ? 'user' : role,
      content: blocks(blocksIn(content))
    })),
    ...(system === undefined || system.length === 0 ? {} : { system: blocks(blocksIn(system)) }),
    inferenceConfig,
    ...(tools === undefined || tools.length === 0 ? {} : { toolConfig: toolConfig(request, tools) }),
    ...(guardrail === undefined ? {} : { guardrailConfig: { guardrailIdentifier: guardrail } }),
    ...(format === undefined ? {} : { outputConfig: textFormat(format.schema) }),
    additionalModelRequestFields: nativeFields(request, config),
    additionalModelResponseFieldPaths: ['/stop_sequence']
  }
}

const FIELDS = ['thinking', 'top_k', 'anthropic_beta', 'context_management', 'metadata']

function nativeFields(request: NativeRequest, config: object): Record<string, unknown> {
  const fields = Object.fromEntries(FIELDS.flatMap((name) => (request[name] === undefined ? [] : [[name, request[name]]])))
  return Object.keys(config).length === 0 ? fields : { ...fields, output_config: config }
}

function toolConfig({ tool_choice }: NativeRequest, tools: readonly NativeTool[]): NonNullable<ConverseRequest['toolConfig']> {
  const kind = tool_choice?.type
  const toolChoice =
    kind === 'any'
      ? { any: {} }
      : kind === 'tool'
        ? { tool: { name: tool_choice?.name ?? '' } }
        : kind === 'auto'
          ? { auto: {} }
          : undefined
  const offered = kind === 'none' ? [] : tools
  return { tools: offered.flatMap(toolEntries), ...(toolChoice === undefined ? {} : { toolChoice }) }
}

function toolEntries({ name, description, input_schema, strict, cache_control, defer_loading }: NativeTool): ToolEntry[] {
  if (defer_loading === true) return []
  const toolSpec = {
    name,
    ...(description === undefined ? {} : { description }),
    inputSchema: { json: (input_schema ?? { type: 'object' }) as Record<string, unknown> },
    ...(strict === undefined ? {} : { strict })
  }
  return cache_control === undefined ? [{ toolSpec }] : [{ toolSpec }, { cachePoint: point(cache_control) }]
}

const point = ({ ttl }: { ttl?: string }) => ({ type: 'default', ...(ttl === undefined ? {} : { ttl }) })

function blocks(content: readonly NativeBlock[]): Block[] {
  return content.flatMap((block) => {
    const said = blockOf(block)
    const { cache_control } = block
    return cache_control === undefined ? [said] : [said, { cachePoint: point(cache_control) }]
  })
}

interface Source {
  readonly type: string
  readonly media_type?: string
  readonly data?: string
}

function blockOf(block: NativeBlock): Block {
  switch (block.type) {
    case 'text':
      return { text: `${block.text}` }
    case 'image':
      return { image: mediaOf(block.source as Source) }
    case 'document':
      return { document: documentOf(block) }
    case 'thinking':
      return { reasoningContent: { reasoningText: { text: `${block.thinking}`, signature: `${block.signature}` } } }
    case 'redacted_thinking':
      return { reasoningContent: { redactedContent: `${block.data}` } }
    case 'tool_use':
      return { toolUse: { toolUseId: `${block.id}`, name: `${block.name}`, input: block.input } }
    case 'server_tool_use':
      return { toolUse: { toolUseId: `${block.id}`, name: `${block.name}`, input: block.input, type: 'server_tool_use' } }
    case 'tool_result':
      return {
        toolResult: {
          toolUseId: `${block.tool_use_id}`,
          content: blocksIn(block.content as string | readonly NativeBlock[] | undefined).map(blockOf),
          ...(block.is_error === true ? { status: 'error' } : {})
        }
      }
    case 'tool_reference':
      return { text: `tool ${block.tool_name}` }
    default:
      return { searchResult: block }
  }
}

function mediaOf({ media_type = '', data = '' }: Source) {
  return { format: media_type.split('/')[1] ?? '', source: { bytes: data } }
}

function documentOf(block: NativeBlock): NonNullable<Block['document']> {
  const source = block.source as Source
  const citations = block.citations as { enabled: boolean } | undefined
  return {
    format: source.type === 'base64' ? 'pdf' : 'txt',
    name: `${block.title ?? 'document'}`,
    source: source.type === 'base64' ? { bytes: source.data ?? '' } : { text: source.data ?? '' },
    ...(citations === undefined ? {} : { citations })
  }
}
