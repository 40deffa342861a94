import { heavyWork } from '../../core/heavy-work.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Warning } from '../../core/warning.ts'
import { NO_OMISSIONS } from '../prepare/encode-scope.ts'
import { promptPartsOf } from '../prepare/prompt-digest.ts'
import { cachePointsOf, type TakenPoint } from './cache-points.ts'
import { type ChatRun, type ChatTools, createEncoder, placing } from './chat-run.ts'

/** What a conversation would become if it were run now. */
export interface ChatPlan {
  /** Where it would be sent, in order; the next is tried when the one before cannot answer. */
  readonly targets: readonly { readonly model: string; readonly region: string; readonly pool?: string }[]
  /** The call to the first of them. Path below the endpoint, percent-encoded. */
  readonly call: { readonly host: string; readonly path: string; readonly body: JsonObject }
  readonly warnings: readonly Warning[]
  readonly cachePoints: readonly TakenPoint[]
  /** Where the prompt first differs from that of the turn before; absent: nowhere, or no turn before is known. */
  readonly cacheMiss?: string
  /** Tokens of the answer that the body allows; undefined: it sets no limit. */
  readonly maxTokens: number | undefined
}

/** Says what `runChat` would send, and calls nothing. Throws GatewayError where the request could not be sent at all. */
export async function explainChat(run: ChatRun, tools: ChatTools): Promise<ChatPlan> {
  const candidates = tools.candidates(run.targets, placing(run, {}))
  const target = candidates[0]?.target ?? run.targets[0]
  const { codec, encoded } = await createEncoder(run, tools, true).encode(target, NO_OMISSIONS)
  const { body, warnings } = encoded
  const look = () => tools.prefixes.look(run.owner, promptPartsOf(run.targets[0].id, body))
  const cacheMiss = run.isHeavy === true ? await heavyWork.turn(look) : look()
  const { path, host = 'runtime' } = codec.call(encoded, target)
  return {
    targets: candidates.map(({ target: { id }, transport: { region }, pool }) => ({
      model: id,
      region,
      ...(pool === undefined ? {} : { pool })
    })),
    call: { host, path, body },
    warnings,
    cachePoints: cachePointsOf(body),
    ...(cacheMiss === undefined ? {} : { cacheMiss }),
    maxTokens: maxTokensOf(body)
  }
}

/** The limit of the answer, in any of Bedrock's bodies. */
function maxTokensOf({ inferenceConfig, ...native }: JsonObject): number | undefined {
  const limits = [
    isJsonObject(inferenceConfig) ? inferenceConfig.maxTokens : undefined,
    native.max_tokens,
    native.max_output_tokens,
    native.max_completion_tokens
  ]
  return limits.find((limit) => typeof limit === 'number')
}
