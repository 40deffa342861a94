import type { Cancel } from '../../core/cancel.ts'
import type { RerankAnswer, RerankRequest } from '../../core/rerank.ts'
import { sameModel } from '../../models/model-target.ts'
import { decodeRerank, encodeRerank, queriesOf } from '../rerank/rerank-codec.ts'
import type { Invoke, Targets } from './embed-run.ts'
import { wrongModel } from './wrong-model.ts'

export { queriesOf } from '../rerank/rerank-codec.ts'

export interface RerankRun {
  readonly request: RerankRequest
  readonly targets: Targets
  readonly signal: Cancel
}

export interface RerankRunAnswer extends RerankAnswer {
  /** The id that was called. */
  readonly model: string
  readonly region: string
  readonly requestId: string | undefined
  /** What is billed. */
  readonly queries: number
}

/** Puts documents in order, by the first target that answers: scores of two models cannot be compared, but they are of one answer. */
export async function runRerank({ request, targets, signal }: RerankRun, invoke: Invoke): Promise<RerankRunAnswer> {
  const [first] = targets
  const body = encodeRerank(request, first.baseId)
  if (body === undefined)
    throw wrongModel(first, 'is no reranker that this gateway knows; cohere.rerank-v3-5:0 and amazon.rerank-v1:0 are')
  const answer = await invoke(sameModel(targets), body, signal)
  const results = decodeRerank(answer.body, request.documents.length)
  return { results, model: answer.model, region: answer.region, requestId: answer.requestId, queries: queriesOf(request) }
}
