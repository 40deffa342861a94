import type { EventBatch, FinishReason, ModelEvent } from '../core/event.ts'
import type { Usage } from '../core/usage.ts'

/** What is known of an answer's use before Bedrock tells it at the end. A class, because a gateway holds one for each open answer. */
export class AnswerMeter {
  readonly model: string
  readonly region: string
  /** A guardrail stands over it. */
  readonly isGuarded: boolean
  /** Characters that came; of a batch of many pieces by the length of its last, so that no event is looked at for this. */
  characters = 0
  /** The prompt's part, where the answer begins with it. */
  prompt: Usage | undefined = undefined
  /** Why it ended, and its tokens, once that has come. */
  finish: FinishReason | undefined = undefined
  outputTokens: number | undefined = undefined
  /** Its cost stands in the record. */
  isSettled = false

  constructor({ model, region }: { readonly model: string; readonly region: string }, isGuarded: boolean) {
    this.model = model
    this.region = region
    this.isGuarded = isGuarded
  }

  /** Looks at a passing batch. */
  see(batch: EventBatch): void {
    const [first] = batch
    const last = batch[batch.length - 1]
    const length = last === undefined ? 0 : lengthOf(last)
    if (length > 0) this.characters += length * batch.length
    // Its end, or that of a block: what came before it in one piece counts too.
    else for (const event of batch) this.characters += lengthOf(event)
    if (first?.type === 'start') this.prompt = first.usage
  }
}

function lengthOf(event: ModelEvent): number {
  return event.type === 'text' || event.type === 'reasoning'
    ? event.text.length
    : event.type === 'tool-input'
      ? event.json.length
      : 0
}
