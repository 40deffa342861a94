import type { SamplingName } from '../core/request.ts'

/** Kinds of content beside text. */
export type Modality = 'image' | 'document' | 'video' | 'audio'

/** Places where a cachePoint may stand. */
export type CachePlace = 'tools' | 'system' | 'messages'

/** Effort words of the models' own controls, weakest first. */
export type EffortWord = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max'

/**
 * What a model takes and refuses, all as data. An operator can set each member in `MODEL_TRAITS_FILE` under the same name.
 * Members are flat on purpose, so that a row over another row changes one fact and no more.
 */
export interface Traits {
  /** Reasoning blocks travel only inside one family. */
  readonly family: string
  readonly input: readonly Modality[]
  /**
   * The wire that a conversation goes by: `converse`; `anthropic`, Claude's own body over InvokeModel; `either`, Converse, and Claude's
   * own body for what Converse has no place for; `responses` and `chat-completions`, Bedrock's own surfaces of OpenAI's APIs.
   */
  readonly surface: 'converse' | 'anthropic' | 'either' | 'responses' | 'chat-completions'
  /** The host of Bedrock's that has OpenAI's surfaces for the model: its runtime, or mantle, where nothing else of the model is. */
  readonly host: 'runtime' | 'mantle'
  /** Where OpenAI's surfaces lie on mantle, which answers the wrong one with a 400. */
  readonly mantlePrefix: '/v1' | '/openai/v1'
  /** Takes `context_management` in its own body, behind its beta flag. */
  readonly contextEdits: boolean
  /** Takes turns of the system in mid-conversation, in its own body. */
  readonly systemTurns: boolean
  /** Takes `eager_input_streaming` of a tool, in its own body. */
  readonly eagerToolInput: boolean
  /** Media by `s3Location`. */
  readonly s3Media: boolean
  readonly systemPrompt: boolean
  /** An assistant turn may end the conversation. */
  readonly prefill: boolean
  readonly streaming: boolean

  readonly tools: boolean
  readonly toolsInStream: boolean
  readonly toolChoice: readonly ('auto' | 'any' | 'tool')[]
  /** A forced tool is taken while the model reasons. */
  readonly forcedToolWithReasoning: boolean
  /** Takes `tool_choice.disable_parallel_tool_use` in its native fields. */
  readonly parallelToolSwitch: boolean
  readonly strictTools: boolean
  /** The draft that schemas must be of. */
  readonly schemaDraft: 'any' | '2020-12'
  /** Reads `$ref` in schemas. */
  readonly schemaRefs: boolean
  /** Takes `anyOf`, `oneOf` and `allOf` at the root of a tool's schema. */
  readonly rootComposition: boolean
  /** Takes any name of a property; else letters, digits, `_`, `.`, `-`, at most 64. */
  readonly anyPropertyName: boolean
  /** Alphabet of tool ids: `plain` is letters, digits, `_`, `-`; `dotted` adds `.` and `:`; `nine` is exactly nine letters or digits. */
  readonly toolIds: 'plain' | 'dotted' | 'nine'
  /** Tools the provider runs itself. */
  readonly systemTools: readonly string[]
  /** The one of them that searches the web; empty: none. */
  readonly webSearchTool: string
  /** Writes calls as JSON text now and then. */
  readonly textToolCalls: boolean
  /** Openings of its own markup for calls that it leaves at the end of its text. */
  readonly callMarkers: readonly string[]
  /** Takes search results, which it may cite, as such. */
  readonly searchResults: boolean
  readonly toolResultMedia: readonly Modality[]
  readonly toolResultStatus: boolean
  /** Content that may stand in one message with tool results: all, all but documents and videos, or nothing. */
  readonly besideToolResult: 'all' | 'no-files' | 'nothing'

  readonly temperature: boolean
  readonly topP: boolean
  /** Takes temperature and topP in one request. */
  readonly temperatureWithTopP: boolean
  /** Takes sampling parameters while it reasons. */
  readonly samplingWithReasoning: boolean
  /** Path of top_k in the native body, dots between members; empty: none. */
  readonly topKField: string
  /** Most stop strings; 0: the model takes none. */
  readonly maxStops: number
  readonly blankStops: boolean
  /** Settings outside Converse that the native body takes, each with its path there, dots between members. */
  readonly nativeFields: Readonly<Partial<Record<SamplingName, string>>>

  /** Tokens of prompt and answer together, without a flag for more; 0: unknown. Clients that compact by themselves are told. */
  readonly contextWindow: number
  /** Most tokens of an answer; 0: unknown, then nothing is sent unless asked. */
  readonly maxOutputTokens: number
  readonly minOutputTokens: number

  /**
   * How reasoning is steered: `none` refuses any control and does not reason; `inherent` always reasons, without control;
   * `budget` is Anthropic's enabled thinking; `adaptive` its newer form; `nova` Amazon's reasoningConfig; `field` one effort word.
   */
  readonly reasoning: 'none' | 'inherent' | 'budget' | 'adaptive' | 'nova' | 'field'
  /** Path of the effort word in the native body (`field`). */
  readonly reasoningField: string
  /** Effort words the model takes, weakest first. */
  readonly efforts: readonly EffortWord[]
  /** What turns reasoning off: saying nothing, an explicit `disabled`, or nothing can (the weakest effort is sent). */
  readonly reasoningOff: 'omit' | 'disabled' | 'never'
  /** Hides its reasoning text unless `thinking.display` asks for it. */
  readonly hidesReasoning: boolean
  /** Writes its reasoning in tags at the beginning of its text: never, now and then, or only where it has tools. */
  readonly inlineReasoning: 'no' | 'always' | 'with-tools'
  /** Thinks between tool calls only with the beta flag named here; empty: by itself or never. */
  readonly interleavedBeta: string
  /** Takes reasoning back only behind what came before it, unless this beta flag and a wish say otherwise; empty: anywhere. */
  readonly bindingBeta: string
  /** Effort at and above which maxTokens and sampling must be left out; empty: none. */
  readonly unlimitedEffort: '' | EffortWord
  /** Kinds of reasoning blocks the model takes back. */
  readonly replay: 'signed' | 'redacted' | 'none'
  /** Base ids of the other models whose signed reasoning it reads. */
  readonly readsReasoningOf: readonly string[]

  /** Takes `outputConfig.textFormat`. */
  readonly structuredOutput: boolean
  readonly structuredOutputWithCitations: boolean
  readonly cache: readonly CachePlace[]
  readonly cacheLongTtl: boolean
  /** Tokens below which nothing is cached, the lowest number that is told of; 0: not known, and no point is set unasked. */
  readonly cacheMinimum: number
  /** In a stream, the input tokens count what was read from and written to the cache too. */
  readonly streamInputHoldsCache: boolean
  /** Blocks right behind which a cachePoint is refused: kinds on the wire (`toolResult`), documents with their format (`document csv`). */
  readonly noCacheBehind: readonly string[]
  /** Beta flags known to be accepted. */
  readonly betas: readonly string[]
  /** The beta flag that opens a context of a million tokens to who asks for it; empty: none is needed, or there is no such context. */
  readonly longContextBeta: string
  /** Bedrock's CountTokens may have it. */
  readonly countsTokens: boolean
  /** Its tokens for each one of o200k, for estimates. */
  readonly tokenScale: number
  /** Native response fields worth asking for: the stop string that was met, reasoning tokens. */
  readonly responseFields: boolean
  /** Called only through an inference profile, and the geographies that have one. */
  readonly profileOnly: boolean
  readonly profiles: readonly string[]
}

/** An operator's row: a glob on the base id and the members it changes. */
export interface TraitRow extends Partial<Traits> {
  readonly match: string
}
