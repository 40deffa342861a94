/** What a caller may put into a turn, or what a model gives back, in the words of the control plane. */
export type Modality = 'TEXT' | 'IMAGE' | 'VIDEO' | 'AUDIO' | 'SPEECH' | 'EMBEDDING'

/** How a model is told to think, and what it refuses there. */
export type Thinking =
  | 'none'
  | 'budget'
  | 'budget-or-adaptive'
  | 'adaptive'
  | 'adaptive-always'
  | 'nova'
  | 'effort-object'
  | 'effort-field'
  | 'config-string'
  | 'inherent'

/** What a model takes and refuses; every rule the stand-in checks reads it from here. */
export interface Traits {
  readonly family: string
  readonly input: readonly Modality[]
  readonly output: readonly Modality[]
  readonly converse: boolean
  readonly streaming: boolean
  /** Kinds of toolChoice taken; an empty list means that the model takes no tools. */
  readonly toolChoice: readonly ('auto' | 'any' | 'tool')[]
  readonly toolsInStream: boolean
  /** `one`: temperature or topP, not both; `top-p-only`: no temperature; `none`: neither. */
  readonly sampling: 'free' | 'one' | 'top-p-only' | 'none'
  readonly thinking: Thinking
  /** A reasoning block is taken back only behind what came before it. */
  readonly bindsThinking: boolean
  /** Other models whose reasoning it reads. */
  readonly readsThinkingOf: readonly string[]
  /** Highest effort words taken by adaptive thinking and the effort fields. */
  readonly efforts: readonly string[]
  /** Fewest tokens before a cache point that are cached; undefined: the model refuses cachePoint. */
  readonly cacheMinimum: number | undefined
  readonly structured: boolean
  readonly prefill: boolean
  readonly userFirst: boolean
  readonly documents: boolean
  /** Media taken inside a toolResult. */
  readonly resultMedia: readonly ('image' | 'document' | 'video')[]
  readonly resultAlone: boolean
  readonly resultStatus: boolean
  readonly maxStops: number
  readonly countTokens: boolean
  /** Takes turns of the system in mid-conversation, in its own body. */
  readonly systemTurns: boolean
  /** Takes `eager_input_streaming` of a tool, in its own body. */
  readonly eagerInput: boolean
}

/** One foundation model of the stand-in. */
export interface CatalogModel extends Traits {
  readonly id: string
  readonly name: string
  readonly provider: string
  readonly onDemand: boolean
  /** Geographies that have an inference profile of this model. */
  readonly profiles: readonly string[]
  readonly lifecycle: 'ACTIVE' | 'LEGACY' | 'EOL'
  readonly context: number
  readonly maxOutput: number
}

const BASE: Traits = {
  family: 'open',
  input: ['TEXT'],
  output: ['TEXT'],
  converse: true,
  streaming: true,
  toolChoice: ['auto', 'any', 'tool'],
  toolsInStream: true,
  sampling: 'free',
  thinking: 'none',
  bindsThinking: false,
  readsThinkingOf: [],
  efforts: [],
  cacheMinimum: undefined,
  structured: false,
  prefill: true,
  userFirst: true,
  documents: false,
  resultMedia: [],
  resultAlone: false,
  resultStatus: true,
  maxStops: 2500,
  countTokens: false,
  systemTurns: false,
  eagerInput: false
}

const CLAUDE: Traits = {
  ...BASE,
  family: 'claude',
  input: ['TEXT', 'IMAGE'],
  thinking: 'budget',
  efforts: ['low', 'medium', 'high'],
  cacheMinimum: 1024,
  prefill: true,
  userFirst: false,
  documents: true,
  resultMedia: ['image', 'document'],
  maxStops: 2500
}
const CLAUDE_45: Traits = { ...CLAUDE, sampling: 'one', structured: true, cacheMinimum: 4096 }
const CLAUDE_46: Traits = { ...CLAUDE_45, thinking: 'budget-or-adaptive', prefill: false }
const CLAUDE_NEW: Traits = {
  ...CLAUDE_46,
  thinking: 'adaptive',
  sampling: 'none',
  structured: false,
  efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
  eagerInput: true
}
const CLAUDE_ALWAYS: Traits = { ...CLAUDE_NEW, thinking: 'adaptive-always', toolChoice: ['auto'], systemTurns: true }
const NOVA: Traits = {
  ...BASE,
  family: 'nova',
  input: ['TEXT', 'IMAGE', 'VIDEO'],
  cacheMinimum: 1024,
  documents: true,
  prefill: true,
  resultMedia: ['image', 'document'],
  maxStops: 4
}
const NOVA_2: Traits = { ...NOVA, thinking: 'nova', efforts: ['low', 'medium', 'high'] }
const GPT: Traits = {
  ...BASE,
  family: 'gpt',
  input: ['TEXT', 'IMAGE'],
  sampling: 'none',
  thinking: 'effort-object',
  efforts: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
  maxStops: 0,
  resultMedia: []
}
const GPT_6: Traits = { ...GPT, efforts: ['low', 'medium', 'high', 'xhigh'] }
const GPT_OSS: Traits = { ...BASE, family: 'gpt-oss', thinking: 'effort-field', efforts: ['low', 'medium', 'high'] }
const OPEN: Traits = { ...BASE, structured: true }
const QWEN: Traits = { ...OPEN, family: 'qwen', thinking: 'config-string', efforts: ['low', 'high'], userFirst: false }
const DEEPSEEK: Traits = {
  ...OPEN,
  family: 'deepseek',
  toolChoice: ['auto', 'any'],
  thinking: 'config-string',
  efforts: ['low', 'medium', 'high'],
  documents: true
}
const KIMI: Traits = {
  ...OPEN,
  family: 'kimi',
  thinking: 'effort-field',
  efforts: ['low', 'high', 'max'],
  userFirst: false
}
const MISTRAL: Traits = {
  ...OPEN,
  family: 'mistral',
  toolChoice: ['auto', 'any'],
  resultAlone: true,
  documents: true,
  resultMedia: ['document'],
  maxStops: 10
}
const LLAMA: Traits = {
  ...BASE,
  family: 'llama',
  toolChoice: ['auto'],
  toolsInStream: false,
  resultAlone: true,
  documents: true
}
const EMBED: Traits = { ...BASE, family: 'embedding', output: ['EMBEDDING'], converse: false, streaming: false }
const IMAGES: Traits = { ...BASE, family: 'image', output: ['IMAGE'], converse: false, streaming: false }
const SEES = { input: ['TEXT', 'IMAGE'] } as const satisfies Partial<Traits>

type Extra = Partial<Omit<CatalogModel, 'id' | 'name' | 'provider'>>

function model(traits: Traits, provider: string, id: string, name: string, extra: Extra = {}): CatalogModel {
  const shape = { onDemand: true, profiles: [], lifecycle: 'ACTIVE', context: 128_000, maxOutput: 16_384 } as const
  return { ...traits, ...shape, id, name, provider, ...extra }
}

function claude(traits: Traits, id: string, name: string, extra: Extra = {}): CatalogModel {
  const shape = { onDemand: false, profiles: ['us', 'eu', 'global'], context: 1_000_000, maxOutput: 128_000 } as const
  return model(traits, 'Anthropic', `anthropic.${id}`, name, { ...shape, ...extra })
}

// Claude 5.1 and newer.
const BOUND = { bindsThinking: true }

const ANTHROPIC: readonly CatalogModel[] = [
  claude(CLAUDE_ALWAYS, 'claude-opus-5-5', 'Claude Opus 5.5', BOUND),
  claude(CLAUDE_ALWAYS, 'claude-sonnet-5-5', 'Claude Sonnet 5.5', {
    ...BOUND,
    toolChoice: ['auto', 'any', 'tool'],
    systemTurns: false
  }),
  claude(CLAUDE_NEW, 'claude-haiku-5-5', 'Claude Haiku 5.5', BOUND),
  claude(CLAUDE_ALWAYS, 'claude-fable-5-1', 'Claude Fable 5.1', { ...BOUND, readsThinkingOf: ['anthropic.claude-opus-5'] }),
  claude(CLAUDE_ALWAYS, 'claude-fable-5', 'Claude Fable 5'),
  claude(CLAUDE_ALWAYS, 'claude-mythos-5-1', 'Claude Mythos 5.1', BOUND),
  claude(CLAUDE_ALWAYS, 'claude-mythos-5', 'Claude Mythos 5'),
  claude(CLAUDE_NEW, 'claude-opus-5', 'Claude Opus 5', { systemTurns: true }),
  claude(CLAUDE_NEW, 'claude-sonnet-5', 'Claude Sonnet 5'),
  claude(CLAUDE_NEW, 'claude-opus-4-8', 'Claude Opus 4.8', { systemTurns: true }),
  claude(CLAUDE_NEW, 'claude-opus-4-7', 'Claude Opus 4.7'),
  claude(CLAUDE_46, 'claude-opus-4-6-v1', 'Claude Opus 4.6', { efforts: ['low', 'medium', 'high', 'max'] }),
  claude(CLAUDE_46, 'claude-sonnet-4-6', 'Claude Sonnet 4.6', { maxOutput: 64_000, cacheMinimum: 1024 }),
  claude(CLAUDE_45, 'claude-opus-4-5-20251101-v1:0', 'Claude Opus 4.5', { context: 200_000, maxOutput: 64_000 }),
  claude(CLAUDE_45, 'claude-sonnet-4-5-20250929-v1:0', 'Claude Sonnet 4.5', {
    lifecycle: 'LEGACY',
    context: 200_000,
    maxOutput: 64_000,
    cacheMinimum: 1024,
    countTokens: true
  }),
  claude(CLAUDE_45, 'claude-haiku-4-5-20251001-v1:0', 'Claude Haiku 4.5', {
    context: 200_000,
    maxOutput: 64_000,
    countTokens: true
  }),
  claude(CLAUDE, 'claude-opus-4-1-20250805-v1:0', 'Claude Opus 4.1', {
    lifecycle: 'LEGACY',
    sampling: 'one',
    context: 200_000,
    maxOutput: 32_000,
    countTokens: true
  }),
  claude(CLAUDE, 'claude-sonnet-4-20250514-v1:0', 'Claude Sonnet 4', { lifecycle: 'EOL', context: 200_000, maxOutput: 64_000 }),
  claude(CLAUDE, 'claude-3-7-sonnet-20250219-v1:0', 'Claude 3.7 Sonnet', { lifecycle: 'EOL', context: 200_000 }),
  claude(CLAUDE, 'claude-3-5-haiku-20241022-v1:0', 'Claude 3.5 Haiku', { lifecycle: 'EOL', thinking: 'none' }),
  claude(CLAUDE, 'claude-3-haiku-20240307-v1:0', 'Claude 3 Haiku', { lifecycle: 'EOL', onDemand: true, thinking: 'none' }),
  claude(CLAUDE, 'claude-3-sonnet-20240229-v1:0', 'Claude 3 Sonnet', { lifecycle: 'EOL', onDemand: true, thinking: 'none' })
]

const BY_PROFILE = { onDemand: false, profiles: ['us', 'global'], context: 1_050_000, maxOutput: 128_000 } as const

const OPENAI: readonly CatalogModel[] = [
  model(GPT_OSS, 'OpenAI', 'openai.gpt-oss-120b-1:0', 'gpt-oss-120b'),
  model(GPT_OSS, 'OpenAI', 'openai.gpt-oss-20b-1:0', 'gpt-oss-20b'),
  model(GPT_OSS, 'OpenAI', 'openai.gpt-oss-safeguard-120b', 'GPT OSS Safeguard 120B'),
  model(GPT_OSS, 'OpenAI', 'openai.gpt-oss-safeguard-20b', 'GPT OSS Safeguard 20B'),
  model(GPT, 'OpenAI', 'openai.gpt-5.6-sol', 'GPT-5.6 Sol', BY_PROFILE),
  model(GPT, 'OpenAI', 'openai.gpt-5.6-terra', 'GPT-5.6 Terra', BY_PROFILE),
  model(GPT, 'OpenAI', 'openai.gpt-5.6-luna', 'GPT-5.6 Luna', BY_PROFILE),
  model(GPT_6, 'OpenAI', 'openai.gpt-6-sol', 'GPT-6 Sol', BY_PROFILE),
  model(GPT_6, 'OpenAI', 'openai.gpt-6-luna', 'GPT-6 Luna', BY_PROFILE),
  model(GPT_6, 'OpenAI', 'openai.gpt-6-astra', 'GPT-6 Astra', BY_PROFILE),
  model(GPT_6, 'OpenAI', 'openai.gpt-6.1-sol', 'GPT-6.1 Sol', BY_PROFILE)
]

/** Models that only mantle has: no list of the control plane tells of them. 2026-06-01. */
export const MANTLE_ONLY: readonly CatalogModel[] = [
  model({ ...GPT, structured: true }, 'OpenAI', 'openai.gpt-5.4', 'GPT-5.4', { context: 1_050_000, maxOutput: 128_000 }),
  model({ ...GPT, structured: true }, 'OpenAI', 'openai.gpt-5.5', 'GPT-5.5', { context: 1_050_000, maxOutput: 128_000 }),
  model(OPEN, 'Acme', 'acme.mantle-only', 'Acme')
]

const AMAZON: readonly CatalogModel[] = [
  model(NOVA_2, 'Amazon', 'amazon.nova-2-lite-v1:0', 'Nova 2 Lite', {
    onDemand: false,
    profiles: ['us', 'eu', 'jp', 'global'],
    context: 1_000_000,
    maxOutput: 64_000
  }),
  model(NOVA, 'Amazon', 'amazon.nova-pro-v1:0', 'Nova Pro', {
    profiles: ['us', 'eu', 'apac'],
    context: 300_000,
    maxOutput: 10_000
  }),
  model(NOVA, 'Amazon', 'amazon.nova-lite-v1:0', 'Nova Lite', {
    profiles: ['us', 'eu', 'apac'],
    context: 300_000,
    maxOutput: 10_000,
    cacheMinimum: 1536
  }),
  model(NOVA, 'Amazon', 'amazon.nova-micro-v1:0', 'Nova Micro', {
    profiles: ['us', 'eu', 'apac'],
    input: ['TEXT'],
    documents: false,
    resultMedia: [],
    maxOutput: 10_000,
    cacheMinimum: 1536
  }),
  model(NOVA, 'Amazon', 'amazon.nova-premier-v1:0', 'Nova Premier', { lifecycle: 'EOL', profiles: ['us'] }),
  model(NOVA, 'Amazon', 'amazon.nova-2-sonic-v1:0', 'Nova 2 Sonic', {
    converse: false,
    input: ['SPEECH'],
    output: ['SPEECH', 'TEXT']
  }),
  model(IMAGES, 'Amazon', 'amazon.nova-canvas-v1:0', 'Nova Canvas', { lifecycle: 'EOL' }),
  model(IMAGES, 'Amazon', 'amazon.titan-image-generator-v2:0', 'Titan Image Generator G1 v2', { input: ['TEXT', 'IMAGE'] }),
  model(EMBED, 'Amazon', 'amazon.titan-embed-text-v1', 'Titan Embeddings G1 - Text'),
  model(EMBED, 'Amazon', 'amazon.titan-embed-text-v2:0', 'Titan Text Embeddings V2'),
  model(EMBED, 'Amazon', 'amazon.titan-embed-image-v1', 'Titan Multimodal Embeddings G1', SEES),
  model(EMBED, 'Amazon', 'amazon.nova-2-multimodal-embeddings-v1:0', 'Nova 2 Multimodal Embeddings', {
    input: ['TEXT', 'IMAGE', 'AUDIO', 'VIDEO']
  }),
  model({ ...BASE, family: 'rerank', converse: false, streaming: false }, 'Amazon', 'amazon.rerank-v1:0', 'Rerank 1.0')
]

const OPEN_WEIGHT: readonly CatalogModel[] = [
  model(DEEPSEEK, 'DeepSeek', 'deepseek.v3-v1:0', 'DeepSeek-V3.1', {
    context: 163_840,
    maxOutput: 81_920
  }),
  model(DEEPSEEK, 'DeepSeek', 'deepseek.v3.2', 'DeepSeek V3.2', { context: 163_840, maxOutput: 81_920 }),
  model(DEEPSEEK, 'DeepSeek', 'deepseek.r1-v1:0', 'DeepSeek-R1', {
    onDemand: false,
    profiles: ['us'],
    thinking: 'inherent',
    structured: false,
    toolsInStream: false,
    toolChoice: [],
    maxOutput: 32_768
  }),
  model(OPEN, 'Google', 'google.gemma-3-4b-it', 'Gemma 3 4B IT', { ...SEES, structured: false }),
  model(OPEN, 'Google', 'google.gemma-3-12b-it', 'Gemma 3 12B IT', SEES),
  model(OPEN, 'Google', 'google.gemma-3-27b-it', 'Gemma 3 27B PT', SEES),
  model(OPEN, 'MiniMax', 'minimax.minimax-m2', 'MiniMax M2', { thinking: 'inherent', maxOutput: 131_072 }),
  model(OPEN, 'MiniMax', 'minimax.minimax-m2.1', 'MiniMax M2.1', { thinking: 'inherent', maxOutput: 131_072 }),
  model(OPEN, 'MiniMax', 'minimax.minimax-m2.5', 'MiniMax M2.5', { thinking: 'inherent', maxOutput: 131_072 }),
  model(MISTRAL, 'Mistral AI', 'mistral.devstral-2-123b', 'Devstral 2 123B', { structured: false }),
  model(MISTRAL, 'Mistral AI', 'mistral.magistral-small-2509', 'Magistral Small 2509', { ...SEES, thinking: 'inherent' }),
  model(MISTRAL, 'Mistral AI', 'mistral.ministral-3-3b-instruct', 'Ministral 3B', SEES),
  model(MISTRAL, 'Mistral AI', 'mistral.ministral-3-8b-instruct', 'Ministral 3 8B', SEES),
  model(MISTRAL, 'Mistral AI', 'mistral.ministral-3-14b-instruct', 'Ministral 14B 3.0', SEES),
  model(MISTRAL, 'Mistral AI', 'mistral.mistral-large-3-675b-instruct', 'Mistral Large 3', SEES),
  model(MISTRAL, 'Mistral AI', 'mistral.voxtral-mini-3b-2507', 'Voxtral Mini 3B 2507', { input: ['TEXT', 'AUDIO'] }),
  model(MISTRAL, 'Mistral AI', 'mistral.voxtral-small-24b-2507', 'Voxtral Small 24B 2507', { input: ['TEXT', 'AUDIO'] }),
  model(
    { ...MISTRAL, structured: false, toolsInStream: false },
    'Mistral AI',
    'mistral.mistral-large-2402-v1:0',
    'Mistral Large (24.02)'
  ),
  model(
    { ...MISTRAL, structured: false, toolsInStream: false },
    'Mistral AI',
    'mistral.mistral-large-2407-v1:0',
    'Mistral Large (24.07)'
  ),
  model(
    { ...MISTRAL, structured: false, toolChoice: [] },
    'Mistral AI',
    'mistral.mistral-7b-instruct-v0:2',
    'Mistral 7B Instruct'
  ),
  model(
    { ...MISTRAL, structured: false, toolChoice: [] },
    'Mistral AI',
    'mistral.mixtral-8x7b-instruct-v0:1',
    'Mixtral 8x7B Instruct'
  ),
  model(
    { ...MISTRAL, structured: false, toolsInStream: false },
    'Mistral AI',
    'mistral.pixtral-large-2502-v1:0',
    'Pixtral Large (25.02)',
    {
      ...SEES,
      onDemand: false,
      profiles: ['us', 'eu']
    }
  ),
  model(KIMI, 'Moonshot AI', 'moonshot.kimi-k2-thinking', 'Kimi K2 Thinking', { thinking: 'inherent' }),
  model(KIMI, 'Moonshot AI', 'moonshotai.kimi-k2.5', 'Kimi K2.5', { ...SEES, context: 262_143 }),
  model(KIMI, 'Moonshot AI', 'moonshotai.kimi-k3', 'Kimi K3', {
    ...SEES,
    onDemand: false,
    profiles: ['us', 'global'],
    context: 1_000_000
  }),
  model(OPEN, 'NVIDIA', 'nvidia.nemotron-nano-12b-v2', 'NVIDIA Nemotron Nano 12B v2 VL BF16', SEES),
  model(OPEN, 'NVIDIA', 'nvidia.nemotron-nano-3-30b', 'Nemotron Nano 3 30B'),
  model(OPEN, 'NVIDIA', 'nvidia.nemotron-nano-9b-v2', 'NVIDIA Nemotron Nano 9B v2'),
  model(OPEN, 'NVIDIA', 'nvidia.nemotron-super-3-120b', 'Nemotron Super 3 120B', { structured: false }),
  model(QWEN, 'Qwen', 'qwen.qwen3-235b-a22b-2507-v1:0', 'Qwen3 235B A22B 2507', { context: 262_144, maxOutput: 131_072 }),
  model(QWEN, 'Qwen', 'qwen.qwen3-32b-v1:0', 'Qwen3 32B (dense)'),
  model(QWEN, 'Qwen', 'qwen.qwen3-coder-30b-a3b-v1:0', 'Qwen3-Coder-30B-A3B-Instruct'),
  model(QWEN, 'Qwen', 'qwen.qwen3-coder-480b-a35b-v1:0', 'Qwen3 Coder 480B A35B Instruct'),
  model(QWEN, 'Qwen', 'qwen.qwen3-next-80b-a3b', 'Qwen3 Next 80B A3B'),
  model(QWEN, 'Qwen', 'qwen.qwen3-vl-235b-a22b', 'Qwen3 VL 235B A22B', SEES),
  model(BASE, 'xAI', 'xai.grok-4.6', 'Grok 4.6', { ...SEES, thinking: 'inherent' }),
  model(BASE, 'xAI', 'xai.grok-4.7', 'Grok 4.7', { ...SEES, thinking: 'inherent' }),
  model(OPEN, 'Z.AI', 'zai.glm-4.7', 'GLM 4.7', { thinking: 'inherent', userFirst: false, context: 204_800 }),
  model(OPEN, 'Z.AI', 'zai.glm-4.7-flash', 'GLM 4.7 Flash', { thinking: 'inherent', userFirst: false }),
  model(OPEN, 'Z.AI', 'zai.glm-5', 'GLM 5', { thinking: 'inherent', userFirst: false })
]

const AMERICAN = { onDemand: false, profiles: ['us'] } as const

const OTHERS: readonly CatalogModel[] = [
  model(LLAMA, 'Meta', 'meta.llama3-8b-instruct-v1:0', 'Llama 3 8B Instruct', { toolChoice: [] }),
  model(LLAMA, 'Meta', 'meta.llama3-70b-instruct-v1:0', 'Llama 3 70B Instruct', { toolChoice: [] }),
  model(LLAMA, 'Meta', 'meta.llama3-1-8b-instruct-v1:0', 'Llama 3.1 8B Instruct', AMERICAN),
  model(LLAMA, 'Meta', 'meta.llama3-1-70b-instruct-v1:0', 'Llama 3.1 70B Instruct', AMERICAN),
  model(LLAMA, 'Meta', 'meta.llama3-2-11b-instruct-v1:0', 'Llama 3.2 11B Instruct', { ...AMERICAN, lifecycle: 'EOL' }),
  model(LLAMA, 'Meta', 'meta.llama3-3-70b-instruct-v1:0', 'Llama 3.3 70B Instruct', AMERICAN),
  model(LLAMA, 'Meta', 'meta.llama4-scout-17b-instruct-v1:0', 'Llama 4 Scout 17B Instruct', {
    ...AMERICAN,
    ...SEES,
    resultMedia: ['image', 'document'],
    context: 3_500_000
  }),
  model(LLAMA, 'Meta', 'meta.llama4-maverick-17b-instruct-v1:0', 'Llama 4 Maverick 17B Instruct', {
    ...AMERICAN,
    ...SEES,
    resultMedia: ['image', 'document'],
    context: 1_000_000
  }),
  model({ ...BASE, resultAlone: true, resultStatus: false }, 'Writer', 'writer.palmyra-x4-v1:0', 'Palmyra X4', AMERICAN),
  model({ ...BASE, resultAlone: true, resultStatus: false }, 'Writer', 'writer.palmyra-x5-v1:0', 'Palmyra X5', {
    ...AMERICAN,
    context: 1_040_000
  }),
  model({ ...BASE, family: 'cohere' }, 'Cohere', 'cohere.command-r-plus-v1:0', 'Command R+', { lifecycle: 'EOL' }),
  model(EMBED, 'Cohere', 'cohere.embed-english-v3', 'Embed English', SEES),
  model(EMBED, 'Cohere', 'cohere.embed-multilingual-v3', 'Embed Multilingual', SEES),
  model(EMBED, 'Cohere', 'cohere.embed-v4:0', 'Embed v4', { ...SEES, profiles: ['us', 'eu', 'global'] }),
  model({ ...BASE, family: 'rerank', converse: false, streaming: false }, 'Cohere', 'cohere.rerank-v3-5:0', 'Rerank 3.5'),
  model(EMBED, 'TwelveLabs', 'twelvelabs.marengo-embed-3-0-v1:0', 'Marengo Embed 3.0', {
    input: ['TEXT', 'IMAGE', 'AUDIO', 'VIDEO'],
    onDemand: false,
    profiles: ['us', 'eu']
  }),
  model(EMBED, 'TwelveLabs', 'twelvelabs.marengo-embed-2-7-v1:0', 'Marengo Embed v2.7', {
    input: ['TEXT', 'IMAGE', 'AUDIO', 'VIDEO'],
    onDemand: false,
    profiles: ['us', 'eu'],
    lifecycle: 'LEGACY'
  }),
  model(IMAGES, 'Stability AI', 'stability.stable-image-core-v1:1', 'Stable Image Core 1.0'),
  model(IMAGES, 'Stability AI', 'stability.stable-image-ultra-v1:1', 'Stable Image Ultra 1.0', SEES),
  model(IMAGES, 'Stability AI', 'stability.sd3-5-large-v1:0', 'Stable Diffusion 3.5 Large', SEES),
  ...['inpaint', 'remove-background', 'search-replace'].map((what) =>
    model(IMAGES, 'Stability AI', `stability.stable-image-${what}-v1:0`, `Stable Image ${what}`, {
      ...SEES,
      onDemand: false,
      profiles: ['us']
    })
  )
]

/** Every foundation model the stand-in knows, as the service would list them. */
export const CATALOG: readonly CatalogModel[] = [...ANTHROPIC, ...OPENAI, ...AMAZON, ...OPEN_WEIGHT, ...OTHERS]

/** The text model that always meets the named fault; it is callable and not listed. */
export function faultModel(fault: string): CatalogModel {
  return model({ ...BASE, family: 'standin' }, 'Stand-in', `standin.fault-${fault}`, `Fault ${fault}`)
}
