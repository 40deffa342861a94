import type { Completion } from '../../core/collect.ts'
import type { FinishReason } from '../../core/event.ts'
import { addUsage, costMember, NO_USAGE, promptTokens, type Usage } from '../../core/usage.ts'
import type { Head } from '../dialect.ts'
import { malformedAnswer } from '../openai/malformed-answer.ts'
import type { CompletionOptions } from './decode-request.ts'

export interface CompletionUsage {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly total_tokens: number
  /** US dollars; only where the caller asks for it. */
  readonly cost?: number | null
}

export interface CompletionChoice {
  readonly text: string
  readonly index: number
  readonly logprobs: null
  readonly finish_reason: 'stop' | 'length' | 'content_filter' | null
}

export interface CompletionResponse extends Head {
  readonly object: 'text_completion'
  readonly choices: readonly CompletionChoice[]
  readonly usage: CompletionUsage
}

/** This endpoint knows no tools; a model that calls one all the same has stopped. Undefined: an error, since no word fits. */
export const FINISH_WORD = {
  end: 'stop',
  'stop-sequence': 'stop',
  length: 'length',
  'context-full': 'length',
  'tool-calls': 'stop',
  filtered: 'content_filter',
  refusal: 'content_filter',
  pause: 'length',
  malformed: undefined
} as const satisfies Record<FinishReason, CompletionChoice['finish_reason'] | undefined>

/** Answers in the order of the prompts, the choices of one prompt together. Throws where one of them is malformed. */
export function encodeTextCompletion(
  completions: readonly Completion[],
  head: Head,
  options: CompletionOptions
): CompletionResponse {
  return {
    ...head,
    object: 'text_completion',
    choices: completions.map((completion, index) => ({
      text: echoOf(options, index) + textOf(completion),
      index,
      logprobs: null,
      finish_reason: wordOf(completion)
    })),
    usage: encodeCompletionUsage(completions.map((completion) => completion.usage))
  }
}

function wordOf({ finish, finishDetails }: Completion) {
  const word = FINISH_WORD[finish]
  if (word === undefined) throw malformedAnswer(finishDetails)
  return word
}

/** The text that comes before the answer of a choice. */
export function echoOf({ echo, prompts, count }: CompletionOptions, choice: number): string {
  return echo ? (prompts[Math.floor(choice / count)] ?? '') : ''
}

/** Tokens of all choices. */
export function encodeCompletionUsage(usages: readonly Usage[]): CompletionUsage {
  const sum = usages.reduce(addUsage, NO_USAGE)
  const prompt = promptTokens(sum)
  return {
    prompt_tokens: prompt,
    completion_tokens: sum.outputTokens,
    total_tokens: prompt + sum.outputTokens,
    ...costMember(sum)
  }
}

function textOf(completion: Completion): string {
  return completion.blocks.map((block) => (block.type === 'text' ? block.text : '')).join('')
}
