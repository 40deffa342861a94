import type OpenAI from 'openai'
import { ChatCompletionStream } from 'openai/lib/ChatCompletionStream'
import t from 'tap'
import type {
  CompletionBody,
  FinishReasonWord,
  MessageBody,
  ToolCallBody,
  UsageBody
} from '../../../src/dialects/openai-chat/completion-body.ts'
import { encodeChatCompletion } from '../../../src/dialects/openai-chat/encode-completion.ts'
import { answer, call, finish, fold, HEAD, PLAIN, reasoning, streamEncoder, text, USAGE } from './events.ts'

type Completion = OpenAI.Chat.Completions.ChatCompletion
type Choice = Completion['choices'][number]

// The build breaks here when the `openai` package and our bodies part.
type Fits<Ours extends Theirs, Theirs> = Ours
export type Message = Fits<MessageBody, Choice['message']>
export type ToolCall = Fits<ToolCallBody, OpenAI.Chat.Completions.ChatCompletionMessageToolCall>
export type Usage = Fits<UsageBody, OpenAI.CompletionUsage>
export type Finish = Fits<FinishReasonWord, Choice['finish_reason']>
/** `service_tier` apart: Bedrock's `reserved` is ours. */
export type Body = Fits<Omit<CompletionBody, 'service_tier'>, Omit<Completion, 'service_tier'>>

/** What we send beside OpenAI's own members, by name. */
type Extensions = {
  body: Exclude<keyof CompletionBody, keyof Completion>
  message: Exclude<keyof MessageBody, keyof Choice['message']>
  choice: Exclude<keyof CompletionBody['choices'][number], keyof Choice>
}
export type Named = Fits<
  Extensions,
  { body: 'bedrock_trace'; message: 'reasoning_content' | 'thinking_blocks'; choice: 'additional_model_response_fields' }
>

const EVENTS = answer(
  [reasoning('sig', 'why'), text('Checking'), call('call_A1', 'get_weather', '{"city":', '"Paris"}'), call('call_B2', 'now')],
  finish('tool-calls'),
  USAGE
)

t.test("openai-node's own accumulator makes of the stream what is answered whole", async (t) => {
  const options = { ...PLAIN, includeUsage: true }
  const encoder = streamEncoder(options)
  const lines = (encoder.batch(EVENTS) + encoder.end()).replaceAll('data: ', '').replaceAll('\n\n', '\n')
  const read = await ChatCompletionStream.fromReadableStream(new Blob([lines]).stream()).finalChatCompletion()
  const whole = encodeChatCompletion([fold(EVENTS)], HEAD, options)
  t.match(read.choices[0]?.message, {
    content: 'Checking',
    tool_calls: whole.choices[0]?.message.tool_calls,
    thinking_blocks: whole.choices[0]?.message.thinking_blocks
  })
  t.equal(read.choices[0]?.finish_reason, 'tool_calls')
  t.match(read.usage, whole.usage)
})
