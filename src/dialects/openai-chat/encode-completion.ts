import type { AnswerBlock, Completion } from '../../core/fold.ts'
import { addUsage, NO_USAGE } from '../../core/usage.ts'
import type {
  AnnotationBody,
  ChoiceBody,
  CompletionBody,
  MessageBody,
  ThinkingBlockBody,
  ToolCallBody
} from './completion-body.ts'
import { unwrapCustomInput } from './custom-tool.ts'
import { encodeAnnotation } from './encode-annotations.ts'
import { encodeUsage } from './encode-usage.ts'
import { finishWord } from './finish-reason.ts'
import { type ChatHead, SYSTEM_FINGERPRINT } from './head.ts'
import type { ChatOptions } from './options.ts'
import { present } from './present.ts'
import { createThinkTags } from './think-tags.ts'

/** The answers to one request as one `chat.completion`; usage is summed. */
export function encodeChatCompletion(completions: readonly Completion[], head: ChatHead, options: ChatOptions): CompletionBody {
  const details = completions[0]?.usageDetails
  return present({
    id: head.id,
    object: 'chat.completion' as const,
    created: head.created,
    model: head.model,
    service_tier: details?.serviceTier ?? options.serviceTier ?? 'default',
    system_fingerprint: SYSTEM_FINGERPRINT,
    choices: completions.map((completion, index) => encodeChoice(completion, index, options)),
    usage: encodeUsage(completions.map(({ usage }) => usage).reduce(addUsage, NO_USAGE)),
    bedrock_trace: details?.trace
  })
}

function encodeChoice(completion: Completion, index: number, options: ChatOptions): ChoiceBody {
  const calls = completion.blocks.filter((block) => block.type === 'tool-call')
  return present({
    index,
    message: encodeMessage(completion.blocks, options),
    logprobs: null,
    finish_reason: finishWord(completion.finish, calls.length, options.legacyFunctions),
    additional_model_response_fields: options.responseFields ? completion.finishDetails.extra : undefined
  })
}

function encodeMessage(blocks: readonly AnswerBlock[], options: ChatOptions): MessageBody {
  const format = options.reasoningFormat ?? 'field'
  const { content, annotations } = encodeContent(blocks, format)
  const calls = blocks.filter((block) => block.type === 'tool-call')
  const reasoning = blocks.map((block) => (block.type === 'reasoning' ? block.text : '')).join('')
  const first = calls[0]
  return present({
    role: 'assistant' as const,
    // OpenAI's own word for "only calls"; without calls NextChat needs a string.
    content: content === '' && calls.length > 0 ? null : content,
    refusal: null,
    annotations,
    reasoning_content: reasoning !== '' && (format === 'field' || format === 'both') ? reasoning : undefined,
    thinking_blocks: format === 'none' ? undefined : encodeThinking(blocks),
    tool_calls: calls.length > 0 && !options.legacyFunctions ? calls.map((call) => encodeCall(call, options)) : undefined,
    function_call: first && options.legacyFunctions ? { name: first.name, arguments: first.json } : undefined
  })
}

function encodeContent(blocks: readonly AnswerBlock[], format: NonNullable<ChatOptions['reasoningFormat']>) {
  const tags = createThinkTags(format)
  const annotations: AnnotationBody[] = []
  let content = ''
  for (const block of blocks) {
    if (block.type === 'text') {
      if (block.text !== '') content += tags.beforeText().join('')
      const span = { start: content.length, end: content.length + block.text.length }
      for (const citation of block.citations) annotations.push(encodeAnnotation(citation, span, annotations.length))
      content += block.text
    } else if (block.type === 'reasoning') {
      if (block.text === '') continue
      const opening = tags.beforeReasoning().join('')
      if (format === 'think' || format === 'both') content += opening + block.text
    } else if (block.type === 'tool-call') content += tags.beforeOther().join('')
  }
  return { content: content + tags.beforeOther().join(''), annotations }
}

function encodeThinking(blocks: readonly AnswerBlock[]): ThinkingBlockBody[] | undefined {
  const thinking: ThinkingBlockBody[] = []
  for (const block of blocks) {
    const index = thinking.length
    if (block.type === 'redacted-reasoning') thinking.push({ index, type: 'redacted_thinking', data: block.data })
    if (block.type === 'reasoning' && block.signature !== undefined) {
      thinking.push({ index, type: 'thinking', thinking: block.text, signature: block.signature })
    }
  }
  return thinking.length === 0 ? undefined : thinking
}

function encodeCall(call: Extract<AnswerBlock, { type: 'tool-call' }>, options: ChatOptions): ToolCallBody {
  if (!options.customTools?.has(call.name))
    return { id: call.id, type: 'function', function: { name: call.name, arguments: call.json } }
  return { id: call.id, type: 'custom', custom: { name: call.name, input: unwrapCustomInput(call.json) } }
}
