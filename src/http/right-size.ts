import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { ChatAnswer } from '../bedrock/bedrock.ts'
import { isEmpty } from '../core/json.ts'
import type { ChatRequest } from '../core/request.ts'
import { AnswerSizes } from '../quota/answer-sizes.ts'
import type { AnswerMeter } from './answer-meter.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** How long the answers of each key and model are, of this process. */
    answerSizes: AnswerSizes
  }
}

/** Learns how long answers are, for the limits of those to come. */
export const rightSize = fp(
  async (app: FastifyInstance) => {
    app.decorate('answerSizes', new AnswerSizes())
  },
  { name: 'right-size' }
)

/** What is known, and to be learnt, of the answers of one key. */
export class Sizing {
  private readonly sizes: AnswerSizes
  private readonly owner: string

  constructor(sizes: AnswerSizes, owner: string) {
    this.sizes = sizes
    this.owner = owner
  }

  /** Tokens that an answer of a model will hardly exceed; undefined: not known. */
  limitFor(model: string): number | undefined {
    return this.sizes.limitFor(this.owner, model)
  }

  /** An answer of a model had so many tokens. */
  note(model: string, tokens: number): void {
    this.sizes.note(this.owner, model, tokens)
  }
}

/** An answer whose limit may have been made to fit. */
type Sized = Pick<ChatAnswer, 'model' | 'fitted'> & { readonly meter: AnswerMeter; readonly sizing?: Sizing }

/** Whose answers to this question are learnt from and limited; undefined: nobody's, the question is asked as it is. */
export function sizingOf({ apiKey, server }: FastifyRequest, question: ChatRequest): Sizing | undefined {
  const mode = apiKey?.rightSize ?? server.config.answers.rightSizeLimits
  if (mode === 'off' || !mayFit(question, mode === 'all')) return undefined
  return new Sizing(server.answerSizes, apiKey?.name ?? '')
}

/**
 * A cut answer must be no worse than a shorter one: not where it is JSON, a forced call, or any call that cannot be taken back because
 * it streams. Reasoning has no size that is known before, and who writes native fields may have set limits there.
 */
function mayFit(question: ChatRequest, isExplicitToo: boolean): boolean {
  const { maxTokens, output, toolChoice, tools, stream, reasoning, extraFields } = question
  if (maxTokens !== undefined && !isExplicitToo) return false
  if (output.type !== 'text' || toolChoice?.type === 'required' || toolChoice?.type === 'tool') return false
  if (stream && tools.length > 0 && toolChoice?.type !== 'none') return false
  if (extraFields !== undefined && !isEmpty(extraFields)) return false
  return reasoning === undefined || reasoning.enabled === false || reasoning.effort === 'none'
}

/** Whether the limit that was made to fit has cut the answer; known when it has been read. */
export function wasCut({ fitted, meter }: Sized): boolean {
  return fitted !== undefined && meter.finish === 'length'
}

/** Learns from an answer that has been read and that ended by itself. */
export function noteSize({ sizing, meter, model }: Sized): void {
  if (sizing === undefined || meter.outputTokens === undefined) return
  if (meter.finish !== undefined && LEARNT.has(meter.finish)) sizing.note(model, meter.outputTokens)
}

/** Ends of answers that are as long as the model meant them. */
const LEARNT: ReadonlySet<string> = new Set(['end', 'stop-sequence', 'tool-calls'])

/** Tells the log where an answer is given as our limit has cut it. Nobody knows how long it would be: it counts as twice the limit. */
export function noteCut({ record }: FastifyRequest, answer: Sized): void {
  if (!wasCut(answer)) return
  record.limitCut = 'cut'
  answer.sizing?.note(answer.model, (answer.fitted ?? 0) * 2)
}

/** Tells the caller and the log of limits that were made to fit, and of what they have cut so far. */
export function tellLimits({ record }: FastifyRequest, reply: FastifyReply, answers: readonly Sized[]): void {
  for (const { fitted } of answers)
    if (fitted !== undefined) record.limited = Math.min(fitted, record.limited ?? Number.POSITIVE_INFINITY)
  if (record.limited === undefined || reply.raw.headersSent) return
  const outcome = record.limitCut === undefined ? '' : `; ${record.limitCut}`
  reply.header('x-adit-limited', `${record.limited}${outcome}`)
}
