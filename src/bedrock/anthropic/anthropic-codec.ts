import { isEmpty } from '../../core/json.ts'
import type { Mutable } from '../../core/mutable.ts'
import type { Warning } from '../../core/warning.ts'
import type { ChatCodec, EncodedChat } from '../codec/chat-codec.ts'
import { parseAnswer } from '../codec/parse-answer.ts'
import { type EncodedConverse, type EncodeInput, encodeConverseRequest } from '../converse/encode-request.ts'
import { readOmission } from '../converse/read-omission.ts'
import { modelPath } from '../transport/transport.ts'
import { carriedOver, type PutBackWords, putBack } from './carry-over.ts'
import { createNativeDecoder } from './decode-chunks.ts'
import { decodeMessage } from './native-answer.ts'
import { withOwnNames } from './own-names.ts'
import { renderBody } from './render-body.ts'
import { renderSettings } from './render-settings.ts'

/** A request in Claude's own words, and the same as Converse has it: the plan that it was made from. */
export interface EncodedNative extends EncodedChat {
  readonly plan: EncodedConverse
}

/** Claude's own body over InvokeModel: what Converse has no place for goes this way. */
export const anthropicCodec: ChatCodec<EncodedNative> = {
  framing: 'event-stream',
  encode,
  call: ({ streaming }, { id }) => ({ path: modelPath(id, streaming ? 'invoke-with-response-stream' : 'invoke') }),
  decoder: ({ plan }) => createNativeDecoder(plan),
  decodeWhole: (text, { plan }) => decodeMessage(parseAnswer(text), plan),
  // Bedrock hands the model's own sentences on in both ways, so that one table reads them.
  readOmission: (error, { plan }, tried) => readOmission(error, plan, tried)
}

/** Tokens that are asked for where neither the request nor the model's traits name a limit. */
const MOST_TOKENS = 4096

function encode(input: EncodeInput): EncodedNative {
  const plan = encodeConverseRequest({ ...input, isNative: true })
  const { headers, fields } = renderSettings(plan.body)
  const said = { ...renderBody(plan.body, input.traits.maxOutputTokens || MOST_TOKENS), ...fields }
  const rendered = withOwnNames(said, plan.context.toolNames)
  const over = carriedOver(input.request, input.traits)
  const body = over === undefined ? rendered : putBack(rendered, over, callerWords(plan))
  const warnings = body.context_management === undefined ? plan.warnings : plan.warnings.filter(isStillLost)
  const encoded: Mutable<EncodedNative> = { body, streaming: plan.streaming, warnings, plan }
  if (!isEmpty(headers)) encoded.headers = headers
  if (plan.outputSchema !== undefined) encoded.outputSchema = plan.outputSchema
  if (plan.hasCachePoints === true) encoded.hasCachePoints = true
  if (plan.isShort === true) encoded.isShort = true
  if (plan.fitted !== undefined) encoded.fitted = plan.fitted
  return encoded
}

function callerWords({ context: { toolNames, toolIds }, ownTools }: EncodedConverse): PutBackWords {
  return {
    ownTools,
    callerName: (wired: string) => toolNames.get(wired) ?? wired,
    callerId: (wired: string) => toolIds.get(wired) ?? wired
  }
}

/** Converse has no place for it, Claude's own body has. */
function isStillLost(warning: Warning): boolean {
  return !('field' in warning && warning.field === 'contextManagement')
}
