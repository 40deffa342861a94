/** A chat request as the bench's clients send it. */
export interface Asked {
  readonly model: string
  readonly stream?: boolean
  readonly max_tokens?: number
  readonly messages: readonly { readonly role: 'system' | 'user' | 'assistant'; readonly content: string }[]
}

interface Text {
  readonly text: string
}

/** The least translation that answers the bench: the conversation in Bedrock's words, without the model. */
export function toConverse({ messages, max_tokens: maxTokens = 1024 }: Asked) {
  const system: Text[] = []
  const turns: { role: 'user' | 'assistant'; content: Text[] }[] = []
  for (const { role, content } of messages) {
    if (role === 'system') system.push({ text: content })
    else turns.push({ role, content: [{ text: content }] })
  }
  return { system, messages: turns, inferenceConfig: { maxTokens } }
}

/** Bedrock's token counts in OpenAI's words. */
export function toUsage(usage: { inputTokens?: number | undefined; outputTokens?: number | undefined } = {}): object {
  const { inputTokens = 0, outputTokens = 0 } = usage
  return { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens }
}
