import type { Answer } from './answer.ts'
import { type StreamEvent, woven } from './converse-events.ts'
import type { Block } from './converse-request.ts'
import type { ModelCall } from './make-answer.ts'
import { cutText } from './native-events.ts'
import type { Random } from './random.ts'

type Fields = Readonly<Record<string, unknown>>

/** The whole answer as a response. */
export function wholeResponse(answer: Answer, call: ModelCall, shape: Answer['output']): Fields {
  const whole = response(answer, call, answer.content.map(item), ended(answer))
  return shape === undefined ? whole : { ...whole, output: shape === 'empty' ? [] : undefined }
}

/** Frames an event as OpenAI's servers do. */
export function responseFrame({ type, payload }: StreamEvent): Uint8Array {
  return Buffer.from(`event: ${type}\ndata: ${JSON.stringify({ type, ...payload })}\n\n`, 'utf8')
}

/** The answer as the events of a Responses stream, in their order. */
export function* responseEvents(answer: Answer, call: ModelCall, random: Random): Generator<StreamEvent> {
  let sequence_number = 0
  for (const [type, payload] of events(answer, call, random))
    yield { type, payload: { ...payload, sequence_number: sequence_number++ } }
}

type Event = readonly [type: string, payload: Fields]

function* events(answer: Answer, call: ModelCall, random: Random): Generator<Event> {
  const begun = response(answer, call, [], { status: 'in_progress', usage: null })
  yield ['response.created', { response: begun }]
  yield ['response.in_progress', { response: begun }]
  const items = answer.content.map(item)
  const written = items.map((whole, output_index) => itemEvents(whole, output_index, answer.chunkSize, random))
  yield* woven(written, answer.interleaved)
  const { status } = ended(answer)
  yield [`response.${status}`, { response: response(answer, call, items, ended(answer)) }]
}

function* itemEvents(whole: Fields, output_index: number, chunkSize: number | undefined, random: Random): Generator<Event> {
  const at = { output_index, item_id: whole.id }
  yield ['response.output_item.added', { output_index, item: { ...whole, ...EMPTY[`${whole.type}`], status: 'in_progress' } }]
  if (whole.type === 'function_call') {
    for (const delta of cutText(`${whole.arguments}`, chunkSize, random))
      yield ['response.function_call_arguments.delta', { ...at, delta }]
    yield ['response.function_call_arguments.done', { ...at, arguments: whole.arguments }]
  } else if (whole.type === 'reasoning') {
    for (const [summary_index, { text }] of (whole.summary as { text: string }[]).entries()) {
      yield ['response.reasoning_summary_part.added', { ...at, summary_index, part: { type: 'summary_text', text: '' } }]
      for (const delta of cutText(text, chunkSize, random))
        yield ['response.reasoning_summary_text.delta', { ...at, summary_index, delta }]
      yield ['response.reasoning_summary_part.done', { ...at, summary_index, part: { type: 'summary_text', text } }]
    }
  } else {
    for (const [content_index, part] of (whole.content as Fields[]).entries()) {
      const [name, text] = part.type === 'refusal' ? ['refusal', `${part.refusal}`] : ['output_text', `${part.text}`]
      yield ['response.content_part.added', { ...at, content_index, part: { ...part, [name === 'refusal' ? name : 'text']: '' } }]
      for (const delta of cutText(text, chunkSize, random)) yield [`response.${name}.delta`, { ...at, content_index, delta }]
      yield [`response.${name}.done`, { ...at, content_index, text }]
      yield ['response.content_part.done', { ...at, content_index, part }]
    }
  }
  yield ['response.output_item.done', { output_index, item: whole }]
}

const EMPTY: Readonly<Record<string, Fields>> = {
  message: { content: [] },
  function_call: { arguments: '' },
  reasoning: { summary: [] }
}

function item({ text, phase, toolUse, reasoningContent }: Block, index: number): Fields {
  if (toolUse !== undefined) {
    const { toolUseId, name, input } = toolUse
    return {
      type: 'function_call',
      id: `fc_${index}`,
      call_id: toolUseId,
      name,
      arguments: JSON.stringify(input),
      status: 'completed'
    }
  }
  if (reasoningContent !== undefined) {
    const said = reasoningContent.reasoningText?.text
    return {
      type: 'reasoning',
      id: `rs_${index}`,
      summary: said === undefined ? [] : [{ type: 'summary_text', text: said }],
      encrypted_content: reasoningContent.redactedContent ?? null
    }
  }
  const content = [{ type: 'output_text', text: text ?? '', annotations: [] }]
  const told = phase === undefined ? {} : { phase }
  return { type: 'message', id: `msg_${index}`, role: 'assistant', content, status: 'completed', ...told }
}

const INCOMPLETE: Readonly<Record<string, string>> = {
  max_tokens: 'max_output_tokens',
  content_filtered: 'content_filter',
  guardrail_intervened: 'content_filter',
  // Responses have no pause; what is cut may yet have reasons of another name.
  pause_turn: 'of_another_name'
}

function ended({ stopReason, usage, serviceTier }: Answer): Fields & { readonly status: string } {
  const reason = INCOMPLETE[stopReason]
  const read = Number(usage.cacheReadInputTokens ?? 0)
  const reasoning = usage.reasoningTokens ?? 0
  const input = Number(usage.inputTokens) + read
  return {
    status: reason === undefined ? 'completed' : 'incomplete',
    incomplete_details: reason === undefined ? null : { reason },
    service_tier: (serviceTier as { type?: string } | undefined)?.type ?? 'default',
    usage: {
      input_tokens: input,
      input_tokens_details: { cached_tokens: read },
      output_tokens: usage.outputTokens,
      output_tokens_details: { reasoning_tokens: reasoning },
      total_tokens: input + Number(usage.outputTokens)
    }
  }
}

function response(_answer: Answer, { modelId }: ModelCall, output: readonly Fields[], state: Fields): Fields {
  return {
    id: 'resp_standin',
    object: 'response',
    created_at: 1_780_272_000,
    model: modelId,
    error: null,
    incomplete_details: null,
    output,
    ...state
  }
}
