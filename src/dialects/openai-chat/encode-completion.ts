import type { AnswerBlock, Completion } from '../../core/collect.ts'
import { addUsage } from '../../core/usage.ts'
import type { Head } from '../dialect.ts'
import { unwrapCustomInput } from '../openai/custom-tool.ts'
import { malformedAnswer } from '../openai/malformed-answer.ts'
import type {
  AnnotationBody,
  ChoiceBody,
  CompletionBody,
  MessageBody,
  ThinkingBlockBody,
  ToolCallBody
} from './completion-body.ts'
import { encodeAnnotation } from './encode-annotations.ts'
import { encodeUsage } from './encode-usage.ts'
import { finishWord } from './finish-reason.ts'
import { SYSTEM_FINGERPRINT } from './head.ts'
import type { ChatOptions, ReasoningFormat } from './options.ts'
import { createThinkTags } from './think-tags.ts'

/** The answers to one request as one `chat.completion`; usage is summed. Throws where one of them is malformed. */
export function encodeChatCompletion(completions: readonly Completion[], head: Head, options: ChatOptions): CompletionBody {
  const details = completions[0]?.usageDetails
  const body: CompletionBody = {
    id: head.id,
    object: 'chat.completion',
    created: head.created,
    model: head.model,
    service_tier: details?.serviceTier ?? options.serviceTier ?? 'default',
    system_fingerprint: SYSTEM_FINGERPRINT,
    choices: completions.map((completion, index) => encodeChoice(completion, index, options)),
    usage: encodeUsage(completions.map(({ usage }) => usage).reduce(addUsage))
  }
  if (details?.trace !== undefined) body.bedrock_trace = details.trace
  return body
}

function encodeChoice({ blocks, finish, finishDetails }: Completion, index: number, options: ChatOptions): ChoiceBody {
  const calls = blocks.filter((block) => block.type === 'tool-call')
  const word = finishWord(finish, calls.length, options.legacyFunctions)
  if (word === undefined) throw malformedAnswer(finishDetails)
  const choice: ChoiceBody = {
    index,
    message: encodeMessage(blocks, calls, options),
    logprobs: null,
    finish_reason: word
  }
  if (options.responseFields && finishDetails.extra !== undefined) choice.additional_model_response_fields = finishDetails.extra
  return choice
}

type Call = Extract<AnswerBlock, { type: 'tool-call' }>

function encodeMessage(blocks: readonly AnswerBlock[], calls: readonly Call[], options: ChatOptions): MessageBody {
  const format = options.reasoningFormat ?? 'field'
  const { content, annotations } = encodeContent(blocks, format)
  // OpenAI's own word for "only calls"; without calls NextChat needs a string.
  const said = content === '' && calls.length > 0 ? null : content
  const message: MessageBody = { role: 'assistant', content: said, refusal: null, annotations }
  addReasoning(message, blocks, format)
  const [first] = calls
  if (first === undefined) return message
  if (options.legacyFunctions) message.function_call = { name: first.name, arguments: first.json }
  else message.tool_calls = calls.map((call) => encodeCall(call, options))
  return message
}

function addReasoning(message: MessageBody, blocks: readonly AnswerBlock[], format: ReasoningFormat): void {
  if (format === 'none') return
  let reasoning = ''
  for (const block of blocks) if (block.type === 'reasoning') reasoning += block.text
  if (reasoning !== '' && format !== 'think') message.reasoning_content = reasoning
  const thinking = encodeThinking(blocks)
  if (thinking !== undefined) message.thinking_blocks = thinking
}

function encodeContent(blocks: readonly AnswerBlock[], format: ReasoningFormat) {
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

function encodeCall(call: Call, options: ChatOptions): ToolCallBody {
  if (!options.customTools?.has(call.name))
    return { id: call.id, type: 'function', function: { name: call.name, arguments: call.json } }
  return { id: call.id, type: 'custom', custom: { name: call.name, input: unwrapCustomInput(call.json) } }
}
