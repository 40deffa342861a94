import type { EffortWord, Traits } from './traits-type.ts'

/** What a model nobody knows is taken for: everything is sent, nothing the caller did not ask for. Bedrock has the last word. */
const PERMISSIVE: Traits = {
  family: 'unknown',
  input: ['image', 'document', 'video', 'audio'],
  surface: 'converse',
  host: 'runtime',
  mantlePrefix: '/v1',
  contextEdits: false,
  systemTurns: false,
  eagerToolInput: false,
  s3Media: true,
  systemPrompt: true,
  prefill: true,
  streaming: true,
  tools: true,
  toolsInStream: true,
  toolChoice: ['auto', 'any', 'tool'],
  forcedToolWithReasoning: true,
  parallelToolSwitch: false,
  strictTools: false,
  schemaDraft: 'any',
  schemaRefs: true,
  rootComposition: true,
  anyPropertyName: true,
  toolIds: 'plain',
  systemTools: [],
  webSearchTool: '',
  textToolCalls: false,
  callMarkers: [],
  searchResults: false,
  toolResultMedia: ['image', 'document', 'video'],
  toolResultStatus: true,
  besideToolResult: 'all',
  temperature: true,
  topP: true,
  temperatureWithTopP: true,
  samplingWithReasoning: true,
  topKField: '',
  maxStops: 2500,
  blankStops: true,
  nativeFields: {},
  contextWindow: 0,
  maxOutputTokens: 0,
  minOutputTokens: 1,
  reasoning: 'none',
  reasoningField: '',
  efforts: [],
  reasoningOff: 'omit',
  hidesReasoning: false,
  inlineReasoning: 'no',
  interleavedBeta: '',
  bindingBeta: '',
  unlimitedEffort: '',
  replay: 'none',
  readsReasoningOf: [],
  structuredOutput: false,
  structuredOutputWithCitations: true,
  // A cachePoint on a model that lacks it fails the call, so none is set on a model nobody knows.
  cache: [],
  cacheLongTtl: false,
  cacheMinimum: 0,
  streamInputHoldsCache: false,
  noCacheBehind: [],
  betas: [],
  longContextBeta: '',
  countsTokens: false,
  tokenScale: 1.1,
  responseFields: false,
  profileOnly: false,
  profiles: []
}

/**
 * Text models served on Converse without a rule of their own. Documents are off where no source proves them:
 * then text files are read out, and other files are refused with their place named.
 */
const OPEN_WEIGHT: Traits = {
  ...PERMISSIVE,
  family: 'open',
  input: [],
  s3Media: false,
  prefill: false,
  toolResultMedia: [],
  contextWindow: 128_000,
  maxOutputTokens: 16_384,
  // GLM, MiniMax, Nemotron, Magistral, Palmyra: no control is proven, and Bedrock takes only some of their reasoning apart.
  inlineReasoning: 'always'
}

// One unknown flag fails the whole request with "invalid beta flag". Verified by Envoy AI Gateway and agentgateway, 2026-08.
const CLAUDE_BETAS = [
  'computer-use-2024-10-22',
  'computer-use-2025-01-24',
  'computer-use-2025-11-24',
  'context-1m-2025-08-07',
  'context-management-2025-06-27',
  'dev-full-thinking-2025-05-14',
  'effort-2025-11-24',
  'fine-grained-tool-streaming-2025-05-14',
  'interleaved-thinking-2025-05-14',
  'mcp-client-2025-04-04',
  'mcp-client-2025-11-20',
  'model-context-window-exceeded-2025-08-26',
  'output-128k-2025-02-19',
  'pdfs-2024-09-25',
  'search-results-2025-06-09',
  'token-counting-2024-11-01',
  'token-efficient-tools-2025-02-19',
  'tool-examples-2025-10-29',
  'tool-search-tool-2025-10-19',
  'web-search-2025-03-05'
] as const

/** Flags that only 4.8 and newer take; reported by two gateways, 2026-10. */
const NEWER_BETAS = [
  'compact-2026-01-12',
  'mid-conversation-output-config-2026-07-01',
  'mid-conversation-tool-changes-2026-07-01',
  'thinking-token-count-2026-05-13'
] as const

/** Sonnet 4 and 4.5 have a million tokens of context behind it; later ones need no flag. Anthropic's documentation, 2026-11. */
const LONG_CONTEXT = 'context-1m-2025-08-07'

/** Claude 3: sees, calls tools, takes every sampling parameter. */
const CLAUDE_3: Traits = {
  ...PERMISSIVE,
  family: 'claude',
  surface: 'either',
  input: ['image', 'document'],
  s3Media: false,
  forcedToolWithReasoning: false,
  schemaDraft: '2020-12',
  rootComposition: false,
  anyPropertyName: false,
  toolResultMedia: ['image', 'document'],
  besideToolResult: 'no-files',
  samplingWithReasoning: false,
  topKField: 'top_k',
  blankStops: false,
  contextWindow: 200_000,
  maxOutputTokens: 4096,
  structuredOutputWithCitations: false,
  betas: CLAUDE_BETAS,
  // Which of them it has changes: one that is refused is not asked again for minutes. Measured by peers, 2026-08.
  countsTokens: true,
  tokenScale: 1.18,
  responseFields: true
}

/** Claude 3.5 of October 2024: the first with cache points. */
const CLAUDE_35: Traits = {
  ...CLAUDE_3,
  searchResults: true,
  maxOutputTokens: 8192,
  cache: ['tools', 'system', 'messages'],
  // Minimums here: AWS's page on prompt caching, 2026-10; where sources differ, the lowest.
  cacheMinimum: 1024,
  // "messages.0.content.2.type: Field required": only PDF and pictures take a point (B33).
  noCacheBehind: ['csv', 'doc', 'docx', 'html', 'md', 'txt', 'xls', 'xlsx'].map((format) => `document ${format}`),
  profiles: ['us', 'eu', 'apac']
}

/** Claude 3.7: thinks within a budget, can be told to call one tool at a time. */
const CLAUDE_37: Traits = {
  ...CLAUDE_35,
  parallelToolSwitch: true,
  maxOutputTokens: 64_000,
  reasoning: 'budget',
  efforts: ['low', 'medium', 'high'],
  replay: 'signed',
  profileOnly: true
}

/** Claude 4 and 4.1: may think between tool calls, behind a beta flag. */
const CLAUDE_4: Traits = {
  ...CLAUDE_37,
  interleavedBeta: 'interleaved-thinking-2025-05-14',
  profiles: ['us', 'eu', 'apac', 'global']
}

/** The 4.5 family: temperature or topP, not both; native structured output; one-hour cache. */
const CLAUDE_45: Traits = {
  ...CLAUDE_4,
  temperatureWithTopP: false,
  strictTools: true,
  structuredOutput: true,
  cacheLongTtl: true,
  profiles: ['us', 'us-gov', 'eu', 'jp', 'au', 'global']
}

/** 4.6: adaptive thinking (an enabled budget silently stops after the first tool turn), no prefill any more. 2026-02. */
const CLAUDE_46: Traits = {
  ...CLAUDE_45,
  prefill: false,
  contextWindow: 1_000_000,
  maxOutputTokens: 128_000,
  reasoning: 'adaptive',
  interleavedBeta: '',
  efforts: ['low', 'medium', 'high']
}

const EFFORTS_TO_MAX: readonly EffortWord[] = ['low', 'medium', 'high', 'xhigh', 'max']

/** 4.7 and newer: no sampling parameters, no native structured output on Converse, reasoning text only on demand. 2026-04. */
const CLAUDE_47: Traits = {
  ...CLAUDE_46,
  temperature: false,
  topP: false,
  topKField: '',
  strictTools: false,
  structuredOutput: false,
  efforts: EFFORTS_TO_MAX,
  hidesReasoning: true,
  contextEdits: true,
  eagerToolInput: true,
  // Its tokenizer is a new one.
  tokenScale: 1.53
}

/** 4.8: turns of the system in mid-conversation. 2026-05. */
const CLAUDE_48: Traits = { ...CLAUDE_47, systemTurns: true, betas: [...CLAUDE_BETAS, ...NEWER_BETAS] }

/** The 5 series: thinking is on by itself and can be switched off. 2026-06. */
const CLAUDE_5: Traits = { ...CLAUDE_48, systemTurns: false, reasoningOff: 'disabled' }

/** Opus 5.5, Sonnet 5.5, Fable, Mythos: always think; `disabled` is refused. 2026-06 to 2026-10. */
const CLAUDE_ALWAYS: Traits = { ...CLAUDE_5, cacheMinimum: 512, reasoningOff: 'never' }

/** The same, and no tool can be forced: "tool_choice: type \"tool\" and \"any\" are not supported for this model." 2026-09. */
const CLAUDE_UNFORCED: Traits = { ...CLAUDE_ALWAYS, systemTurns: true, toolChoice: ['auto'] }

/** Reasoning of 5.1 and newer is bound to all that came before it (B29). 2026-09. */
const BINDING_BETA = 'thinking-binding-controls-2026-08-01'
const BOUND: Pick<Traits, 'bindingBeta' | 'betas'> = { bindingBeta: BINDING_BETA, betas: [...CLAUDE_5.betas, BINDING_BETA] }

const NOVA: Traits = {
  ...PERMISSIVE,
  family: 'nova',
  // Definitions are refused, and only properties are promised to be read at the root (B14).
  schemaRefs: false,
  rootComposition: false,
  input: ['image', 'document', 'video'],
  toolResultMedia: ['image', 'document'],
  topKField: 'inferenceConfig.topK',
  maxStops: 4,
  contextWindow: 300_000,
  maxOutputTokens: 10_000,
  // Nova 1 thinks aloud in <thinking> tags before it calls a tool, without being asked to.
  inlineReasoning: 'with-tools',
  // Nova takes no cachePoint among the tools, and none right behind a tool result (B34).
  cache: ['system', 'messages'],
  cacheMinimum: 1000,
  noCacheBehind: ['toolResult'],
  profiles: ['us', 'eu', 'apac']
}

/** Nova 2: reasoningConfig; with effort high, maxTokens, temperature and topP must be unset. */
const NOVA_2: Traits = {
  ...NOVA,
  contextWindow: 1_000_000,
  maxOutputTokens: 64_000,
  reasoning: 'nova',
  inlineReasoning: 'no',
  efforts: ['low', 'medium', 'high'],
  unlimitedEffort: 'high',
  systemTools: ['nova_grounding', 'nova_code_interpreter'],
  webSearchTool: 'nova_grounding',
  profileOnly: true,
  profiles: ['us', 'eu', 'jp', 'global']
}

/** GPT-5.6: effort in an object; refuses sampling and stop strings; gives back only encrypted reasoning. Converse proven 2026-10-10. */
const GPT: Traits = {
  ...PERMISSIVE,
  family: 'gpt',
  input: ['image'],
  s3Media: false,
  prefill: false,
  toolResultMedia: [],
  temperature: false,
  topP: false,
  maxStops: 0,
  contextWindow: 1_050_000,
  maxOutputTokens: 128_000,
  minOutputTokens: 16,
  reasoning: 'field',
  reasoningField: 'reasoning.effort',
  // `max` since GPT-5.6 (langchain-aws#1262).
  efforts: ['none', 'low', 'medium', 'high', 'xhigh', 'max'],
  replay: 'redacted',
  streamInputHoldsCache: true,
  profileOnly: true,
  profiles: ['us', 'global']
}

/** GPT-5.4 and 5.5: Responses alone, and on mantle alone. 2026-06. */
const GPT_MANTLE: Traits = {
  ...GPT,
  surface: 'responses',
  host: 'mantle',
  mantlePrefix: '/openai/v1',
  efforts: ['none', 'low', 'medium', 'high', 'xhigh'],
  nativeFields: { verbosity: 'text.verbosity' },
  structuredOutput: true,
  strictTools: true,
  toolResultStatus: false,
  parallelToolSwitch: false,
  streamInputHoldsCache: false,
  profileOnly: false,
  profiles: []
}

/** GPT-6 refuses effort `none`. 2026-09. */
const GPT_6: Traits = { ...GPT, efforts: ['low', 'medium', 'high', 'xhigh'], reasoningOff: 'never' }

// Sources disagree whether `none` is taken (refused 2026-05, accepted through another field 2026-10): the weakest effort is safe.
const GPT_OSS: Traits = {
  ...OPEN_WEIGHT,
  family: 'gpt-oss',
  reasoning: 'field',
  reasoningField: 'reasoning_effort',
  efforts: ['low', 'medium', 'high'],
  reasoningOff: 'never'
}

const GROK: Traits = {
  ...OPEN_WEIGHT,
  family: 'grok',
  input: ['image'],
  minOutputTokens: 16,
  reasoning: 'inherent',
  replay: 'redacted'
}

const STRUCTURED: Traits = { ...OPEN_WEIGHT, strictTools: true, structuredOutput: true }
const SEES: Pick<Traits, 'input'> = { input: ['image'] }
const READS: Pick<Traits, 'input'> = { input: ['document'] }
const SEES_AND_READS: Pick<Traits, 'input'> = { input: ['image', 'document'] }

const QWEN_3: Traits = {
  ...STRUCTURED,
  family: 'qwen',
  reasoning: 'field',
  reasoningField: 'reasoning_config',
  efforts: ['low', 'high']
}
const DEEPSEEK_3: Traits = {
  ...STRUCTURED,
  ...READS,
  family: 'deepseek',
  // Neither V3.1 nor V3.2 takes one tool by name (langchain-aws#1261).
  toolChoice: ['auto', 'any'],
  // V3.2's markup, and its name in V4.
  callMarkers: ['<｜DSML｜function_calls', '<｜DSML｜tool_calls'],
  contextWindow: 163_840,
  maxOutputTokens: 81_920,
  reasoning: 'field',
  reasoningField: 'reasoning_config',
  efforts: ['low', 'medium', 'high']
}
const KIMI: Traits = {
  ...STRUCTURED,
  ...SEES,
  family: 'kimi',
  toolIds: 'dotted',
  maxOutputTokens: 16_000,
  reasoning: 'field',
  reasoningField: 'reasoning_effort',
  efforts: ['low', 'high', 'max']
}
const GEMMA: Traits = { ...STRUCTURED, ...SEES, family: 'gemma' }
const NEMOTRON: Traits = { ...STRUCTURED, family: 'nemotron' }
// Two gateways send GLM a reasoning_config, live probes found no control: nothing is sent.
const GLM: Traits = { ...STRUCTURED, family: 'glm', reasoning: 'inherent' }
const MINIMAX: Traits = { ...STRUCTURED, family: 'minimax', maxOutputTokens: 131_072, reasoning: 'inherent' }

/** Mistral: nine-character tool ids, results alone in their message, no single tool can be forced. */
const MISTRAL: Traits = {
  ...STRUCTURED,
  ...READS,
  family: 'mistral',
  toolChoice: ['auto', 'any'],
  toolIds: 'nine',
  toolResultMedia: ['document'],
  besideToolResult: 'nothing',
  maxStops: 10,
  topKField: 'top_k'
}
const MISTRAL_OLD: Traits = {
  ...MISTRAL,
  strictTools: false,
  structuredOutput: false,
  toolsInStream: false,
  contextWindow: 32_000,
  maxOutputTokens: 8192
}
/** Mistral 7B and Mixtral: neither tools nor a system prompt. */
const MISTRAL_PLAIN: Traits = { ...MISTRAL_OLD, tools: false, systemPrompt: false, maxOutputTokens: 4096 }

/** Llama: only auto, no tools in streams, calls now and then as JSON text, results alone in their message. */
const LLAMA: Traits = {
  ...OPEN_WEIGHT,
  ...READS,
  family: 'llama',
  toolsInStream: false,
  toolChoice: ['auto'],
  textToolCalls: true,
  inlineReasoning: 'no',
  besideToolResult: 'nothing',
  maxOutputTokens: 8192,
  profileOnly: true,
  profiles: ['us', 'us-gov', 'eu']
}
const LLAMA_3: Traits = { ...LLAMA, tools: false, contextWindow: 8192, maxOutputTokens: 2048, profileOnly: false }
const LLAMA_4: Traits = { ...LLAMA, ...SEES_AND_READS, toolResultMedia: ['image', 'document'] }

/** Writer: results alone in their message and without status. */
const PALMYRA: Traits = {
  ...OPEN_WEIGHT,
  family: 'palmyra',
  besideToolResult: 'nothing',
  toolResultStatus: false,
  maxOutputTokens: 8192,
  profileOnly: true,
  profiles: ['us']
}

const COMMAND_R: Traits = {
  ...OPEN_WEIGHT,
  ...READS,
  family: 'cohere',
  toolChoice: ['auto'],
  maxOutputTokens: 4000,
  topKField: 'k',
  nativeFields: { frequencyPenalty: 'frequency_penalty', presencePenalty: 'presence_penalty', seed: 'seed' }
}

/**
 * The one capability table, as of 2026-11. First fit wins, so a version stands before its family,
 * and each family ends with a row for versions that came later: they get the newest behaviour.
 */
export const TRAIT_ROWS: readonly (readonly [match: string, traits: Traits])[] = [
  ['anthropic.claude-opus-5-5*', { ...CLAUDE_UNFORCED, ...BOUND }],
  // A live user report says always thinking, Anthropic's table says adaptive; never sending `disabled` suits both.
  ['anthropic.claude-sonnet-5-5*', { ...CLAUDE_ALWAYS, ...BOUND }],
  ['anthropic.claude-haiku-5-5*', { ...CLAUDE_5, cacheMinimum: 512, ...BOUND }],
  ['anthropic.claude-haiku-5*', CLAUDE_5],
  ['anthropic.claude-fable-5', CLAUDE_UNFORCED],
  ['anthropic.claude-fable-5-v*', CLAUDE_UNFORCED],
  ['anthropic.claude-fable-5-20*', CLAUDE_UNFORCED],
  // On Bedrock of Opus 5 alone (Anthropic, preserved thinking, 2026-09).
  ['anthropic.claude-fable-5-1*', { ...CLAUDE_UNFORCED, ...BOUND, readsReasoningOf: ['anthropic.claude-opus-5'] }],
  ['anthropic.claude-fable-*', { ...CLAUDE_UNFORCED, ...BOUND }],
  ['anthropic.claude-mythos-5', CLAUDE_UNFORCED],
  ['anthropic.claude-mythos-5-v*', CLAUDE_UNFORCED],
  ['anthropic.claude-mythos-5-20*', CLAUDE_UNFORCED],
  ['anthropic.claude-mythos-*', { ...CLAUDE_UNFORCED, ...BOUND }],
  // The suffix keeps a later 5.x out of the row.
  ['anthropic.claude-opus-5', { ...CLAUDE_5, cacheMinimum: 512, systemTurns: true }],
  ['anthropic.claude-opus-5-v*', { ...CLAUDE_5, cacheMinimum: 512, systemTurns: true }],
  ['anthropic.claude-opus-5-20*', { ...CLAUDE_5, cacheMinimum: 512, systemTurns: true }],
  ['anthropic.claude-sonnet-5', CLAUDE_5],
  ['anthropic.claude-sonnet-5-v*', CLAUDE_5],
  ['anthropic.claude-sonnet-5-20*', CLAUDE_5],
  ['anthropic.claude-opus-4-8*', CLAUDE_48],
  ['anthropic.claude-opus-4-7*', { ...CLAUDE_47, cacheMinimum: 2048 }],
  ['anthropic.claude-opus-4-6*', { ...CLAUDE_46, cacheMinimum: 4096, efforts: ['low', 'medium', 'high', 'max'] }],
  ['anthropic.claude-sonnet-4-6*', { ...CLAUDE_46, maxOutputTokens: 64_000 }],
  ['anthropic.claude-sonnet-4-5*', { ...CLAUDE_45, longContextBeta: LONG_CONTEXT }],
  ['anthropic.claude-*-4-5*', { ...CLAUDE_45, cacheMinimum: 4096 }],
  ['anthropic.claude-opus-4-1-*', { ...CLAUDE_4, temperatureWithTopP: false, maxOutputTokens: 32_000 }],
  ['anthropic.claude-opus-4-20*', { ...CLAUDE_4, maxOutputTokens: 32_000 }],
  ['anthropic.claude-sonnet-4-20*', { ...CLAUDE_4, longContextBeta: LONG_CONTEXT }],
  ['anthropic.claude-3-7-*', CLAUDE_37],
  ['anthropic.claude-3-5-haiku-*', { ...CLAUDE_35, input: ['document'], profileOnly: true }],
  ['anthropic.claude-3-5-sonnet-20241022-*', CLAUDE_35],
  ['anthropic.claude-3-5-sonnet-*', { ...CLAUDE_3, profiles: ['us', 'eu', 'apac'] }],
  ['anthropic.claude-3-*', CLAUDE_3],
  ['anthropic.claude-v2*', { ...CLAUDE_3, input: ['document'], tools: false, contextWindow: 100_000 }],
  ['anthropic.claude-instant*', { ...CLAUDE_3, input: ['document'], tools: false, contextWindow: 100_000 }],
  ['anthropic.claude-haiku-*', { ...CLAUDE_5, cacheMinimum: 512, ...BOUND }],
  ['anthropic.*', { ...CLAUDE_UNFORCED, ...BOUND }],

  ['openai.gpt-oss-*', GPT_OSS],
  ['openai.gpt-5.4*', GPT_MANTLE],
  ['openai.gpt-5.5*', GPT_MANTLE],
  ['openai.gpt-5*', GPT],
  ['openai.*', GPT_6],

  ['amazon.nova-micro-*', { ...NOVA, input: [], toolResultMedia: [], contextWindow: 128_000 }],
  ['amazon.nova-lite-*', NOVA],
  ['amazon.nova-pro-*', NOVA],
  ['amazon.nova-premier-*', { ...NOVA, profileOnly: true, profiles: ['us'] }],
  // Models for vectors, pictures and films are not called through Converse; the rows only keep them out of the next one.
  ['amazon.nova-2-multimodal-embeddings-*', PERMISSIVE],
  ['amazon.nova-canvas-*', PERMISSIVE],
  ['amazon.nova-reel-*', PERMISSIVE],
  ['amazon.nova-*', NOVA_2],
  ['amazon.titan-embed-*', PERMISSIVE],
  [
    'amazon.titan-text-*',
    {
      ...OPEN_WEIGHT,
      ...READS,
      family: 'titan',
      tools: false,
      systemPrompt: false,
      contextWindow: 8192,
      maxOutputTokens: 4096
    }
  ],

  [
    'deepseek.r1*',
    {
      ...OPEN_WEIGHT,
      ...READS,
      family: 'deepseek',
      // "This model doesn't support tool use." (langchain-aws#447)
      tools: false,
      toolsInStream: false,
      toolChoice: [],
      maxOutputTokens: 32_768,
      reasoning: 'inherent',
      profileOnly: true,
      profiles: ['us']
    }
  ],
  ['deepseek.*', DEEPSEEK_3],

  ['google.gemma-3-4b*', { ...GEMMA, strictTools: false, structuredOutput: false }],
  ['google.*', GEMMA],
  ['minimax.*', MINIMAX],

  ['mistral.mistral-7b-*', MISTRAL_PLAIN],
  ['mistral.mixtral-*', MISTRAL_PLAIN],
  ['mistral.mistral-large-24*', MISTRAL_OLD],
  ['mistral.mistral-small-24*', MISTRAL_OLD],
  [
    'mistral.pixtral-large-*',
    { ...MISTRAL_OLD, ...SEES_AND_READS, contextWindow: 128_000, profileOnly: true, profiles: ['us', 'eu'] }
  ],
  ['mistral.devstral-*', { ...MISTRAL, strictTools: false, structuredOutput: false }],
  ['mistral.magistral-*', { ...MISTRAL, ...SEES_AND_READS, reasoning: 'inherent' }],
  ['mistral.voxtral-*', { ...MISTRAL, input: ['audio', 'document'] }],
  ['mistral.*', { ...MISTRAL, ...SEES_AND_READS }],

  ['moonshot.kimi-k2-thinking*', { ...KIMI, input: [], reasoningOff: 'never' }],
  ['moonshotai.kimi-k2-thinking*', { ...KIMI, input: [], reasoningOff: 'never' }],
  ['moonshotai.kimi-k2*', KIMI],
  ['moonshot*', { ...KIMI, profileOnly: true, profiles: ['us', 'global'] }],

  ['nvidia.nemotron-nano-12b-*', { ...NEMOTRON, ...SEES }],
  ['nvidia.nemotron-super-*', { ...NEMOTRON, strictTools: false, structuredOutput: false }],
  ['nvidia.*', NEMOTRON],
  ['qwen.qwen3-vl-*', { ...QWEN_3, ...SEES }],
  ['qwen.*', QWEN_3],
  ['xai.*', GROK],
  ['zai.glm-4.7', { ...GLM, maxOutputTokens: 131_072 }],
  ['zai.*', GLM],

  ['meta.llama3-8b-*', LLAMA_3],
  ['meta.llama3-70b-*', LLAMA_3],
  ['meta.llama3-2-11b-*', { ...LLAMA, ...SEES_AND_READS }],
  ['meta.llama3-2-90b-*', { ...LLAMA, ...SEES_AND_READS }],
  ['meta.llama3-*', LLAMA],
  ['meta.*', LLAMA_4],

  ['writer.palmyra-vision-*', { ...PALMYRA, ...SEES, toolChoice: ['any', 'tool'] }],
  ['writer.*', PALMYRA],
  ['cohere.command-r*', COMMAND_R],
  ['cohere.command-*', { ...COMMAND_R, tools: false, systemPrompt: false, contextWindow: 4000 }],
  ['cohere.embed-*', PERMISSIVE],
  ['ai21.*', { ...OPEN_WEIGHT, ...READS, family: 'jamba', toolsInStream: false, toolChoice: ['auto'], maxOutputTokens: 4096 }],
  [
    'twelvelabs.pegasus-*',
    {
      ...PERMISSIVE,
      family: 'pegasus',
      input: ['video'],
      tools: false,
      systemPrompt: false,
      profileOnly: true,
      profiles: ['us', 'eu']
    }
  ],
  ['twelvelabs.*', { ...PERMISSIVE, profileOnly: true, profiles: ['us', 'eu', 'apac'] }],
  ['*', PERMISSIVE]
]
