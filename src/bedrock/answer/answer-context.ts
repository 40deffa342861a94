import type { JsonObject } from '../../core/json.ts'

/** What the decoder of an answer must know of the request. */
export interface AnswerContext {
  /** Bedrock's tool names to the caller's, where they differ. */
  readonly toolNames: ReadonlyMap<string, string>
  /** Ids in the request's history, Bedrock's to the caller's, where they differ. New ids of an answer go out as they are. */
  readonly toolIds: ReadonlyMap<string, string>
  /** Names of properties in Bedrock's alphabet to the caller's, in arguments and in JSON answers; absent: all are the caller's. */
  readonly propertyNames?: ReadonlyMap<string, string>
  /** A forced tool whose input is the text answer. */
  readonly jsonTool?: string
  /** The caller's schema, untouched, to check the answer against; for `json_object` just `{type: 'object'}`. */
  readonly outputSchema?: JsonObject
  /** How the schema reached the model. Only `native` is enforced by Bedrock; the rest is to be checked. */
  readonly outputMode?: 'native' | 'tool' | 'instruction'
  /** The forced tool's input may come wrapped in `properties`, which the schema itself has not. */
  readonly jsonUnwrap?: boolean
  /** The model was asked in words for a JSON object, and may put other words around it. */
  readonly jsonText?: boolean
  /** The model may begin its text with its reasoning in tags. */
  readonly inlineReasoning?: boolean
  /** Openings of the model's own markup for calls, which it may leave at the end of its text. */
  readonly callMarkers?: readonly string[]
  /** Input tokens count what was read from and written to the cache too. */
  readonly inputHoldsCache?: boolean
  /** The model may write its calls as text: Bedrock's names of the tools, and what makes the ids of such calls its own. */
  readonly textCalls?: { readonly names: ReadonlySet<string>; readonly idPrefix: string }
  /** No tool can be called: a call that the model makes all the same is told in words. */
  readonly callsAreWords?: boolean
  /** Tools that run at the provider: their calls are not the caller's. */
  readonly systemTools?: readonly string[]
  /** Mark before opaque reasoning of a family that is not the one that needs none, so that another family never gets it back. */
  readonly reasoningMark?: string
  /** The caller asked for native response fields. */
  readonly keepExtra?: boolean
}

/** The context of a plain text answer. */
export const PLAIN_ANSWER: AnswerContext = { toolNames: new Map(), toolIds: new Map() }
