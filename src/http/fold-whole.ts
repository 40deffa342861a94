import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Completion } from '../core/collect.ts'
import { addUsage } from '../core/usage.ts'
import { type Answers, foldAnswer, type MeteredAnswer, nameAnswer, noteDropped } from './answers.ts'
import { noteCut, tellLimits, wasCut } from './right-size.ts'

/** The answers that are given, each read to its end. */
interface Whole {
  readonly given: Answers
  readonly completions: readonly Completion[]
}

/**
 * Reads answers that are given in one piece. One that was cut by a limit which the gateway had made to fit is asked for once more
 * with the limit that it has without, and that one is given; where it fails, the cut one is. Throws where an answer has no end.
 */
export async function foldWhole(answers: Answers, request: FastifyRequest, reply: FastifyReply): Promise<Whole> {
  const folding = answers.map((answer) => foldOne(answer, request, reply))
  const folded = folding.length === 1 ? [await folding[0]!] : await Promise.all(folding)
  if (request.record.limited !== undefined) tellLimits(request, reply, answers)
  const given = folded.map(({ answer }) => answer) as readonly MeteredAnswer[] as Answers
  return { given, completions: folded.map(({ completion }) => completion) }
}

interface Folded {
  readonly answer: MeteredAnswer
  readonly completion: Completion
}

async function foldOne(answer: MeteredAnswer, request: FastifyRequest, reply: FastifyReply): Promise<Folded> {
  const completion = await foldAnswer(answer, request)
  if (answer.again === undefined || !wasCut(answer) || request.cancel.aborted) return { answer, completion }
  try {
    return await foldAgain({ answer, completion }, await answer.again(), request, reply)
  } catch (error) {
    if (request.cancel.aborted) throw error
    request.log.warn({ err: error }, 'a cut answer could not be asked for once more; it is given as it is')
    noteCut(request, answer)
    return { answer, completion }
  }
}

async function foldAgain(cut: Folded, answer: MeteredAnswer, request: FastifyRequest, reply: FastifyReply): Promise<Folded> {
  const { record } = request
  record.attempts = (record.attempts ?? 0) + answer.attempts
  const completion = await foldAnswer(answer, request)
  record.model = answer.model
  record.region = answer.region
  if (answer.pool !== undefined) record.pool = answer.pool
  record.limitCut ??= 'repeated'
  noteDropped(request, reply, answer.warnings)
  nameAnswer(request, reply, answer)
  return { answer, completion: { ...completion, usage: costOfBoth(completion, cut.completion) } }
}

/** The tokens are those of the answer that is given: callers measure their conversation by them. Both were paid. */
function costOfBoth({ usage }: Completion, { usage: first }: Completion): Completion['usage'] {
  const { costNano } = addUsage(usage, first)
  return costNano === undefined ? usage : { ...usage, costNano }
}
