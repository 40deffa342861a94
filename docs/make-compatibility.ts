import { writeFile } from 'node:fs/promises'
import type { SamplingName } from '../src/core/request.ts'
import { BLOCKS } from '../src/dialects/anthropic-messages/decode-blocks.ts'
import { TYPED_TOOLS } from '../src/dialects/anthropic-messages/decode-tools.ts'
import { FIELDS as MESSAGES_FIELDS } from '../src/dialects/anthropic-messages/fields.ts'
import { STOP_REASONS } from '../src/dialects/anthropic-messages/finish-reason.ts'
import type { FieldOutcome, FieldRow } from '../src/dialects/openai/field-row.ts'
import { FIELDS, type FieldName } from '../src/dialects/openai-chat/fields.ts'
import { CATEGORIES } from '../src/dialects/openai-moderations/categories.ts'
import { ITEMS } from '../src/dialects/openai-responses/decode-input.ts'
import { TOOLS } from '../src/dialects/openai-responses/decode-tools.ts'
import { FIELDS as RESPONSES_FIELDS } from '../src/dialects/openai-responses/fields.ts'
import { OUTCOMES as RESPONSE_OUTCOMES } from '../src/dialects/openai-responses/outcome.ts'
import { TRAIT_ROWS } from '../src/models/trait-rows.ts'
import type { Traits } from '../src/models/traits.ts'

/** Where the page lives. */
export const COMPATIBILITY_PAGE = new URL('./compatibility.md', import.meta.url)

type ByModel = { [N in FieldName]: (typeof FIELDS)[N]['outcome'] extends 'by-model' ? N : never }[FieldName]

const OUTCOMES: Readonly<Record<FieldOutcome, string>> = {
  mapped: 'sent to every model',
  'by-model': 'sent where the model takes it, else reported',
  emulated: 'done by the gateway',
  reported: 'left out and reported',
  refused: '400'
}

const YES = 'yes'
const NO = 'reported'
const UPON_REFUSAL = 'yes; reported once the model has refused it'

/** What becomes of each field that depends on the model. A new one breaks the build here. */
const BY_MODEL: Readonly<Record<ByModel, (traits: Traits) => string>> = {
  temperature: (traits) => (!traits.temperature ? NO : traits.samplingWithReasoning ? YES : 'yes, unless it reasons'),
  top_p(traits) {
    if (!traits.topP) return NO
    const but = [
      ...(traits.temperatureWithTopP ? [] : ['beside `temperature`']),
      ...(traits.samplingWithReasoning ? [] : ['while it reasons'])
    ]
    return but.length === 0 ? YES : `yes, not ${but.join(' nor ')}`
  },
  top_k: (traits) => (traits.topKField === '' ? NO : `as \`${traits.topKField}\``),
  stop: (traits) => (traits.maxStops === 0 ? NO : `up to ${traits.maxStops}${traits.blankStops ? '' : ', none blank'}`),
  tools(traits) {
    if (!traits.tools) return 'reported; history as text'
    const ways = [
      ...(traits.toolsInStream ? [] : ['streams come in one piece']),
      ...(traits.textToolCalls ? ['calls written as text are calls'] : [])
    ]
    return [YES, ...ways].join('; ')
  },
  tool_choice: (traits) => (traits.tools ? toolChoice(traits) : '400 when forced'),
  parallel_tool_calls: (traits) => (traits.parallelToolSwitch ? YES : NO),
  response_format: (traits) => (traits.structuredOutput ? 'native' : canForce(traits) ? 'forced tool' : 'instruction'),
  reasoning_effort: reasoning,
  reasoning: (traits) => (steers(traits) ? 'as `reasoning_effort`' : NO),
  thinking: (traits) => (traits.reasoning === 'budget' ? 'with its budget' : steers(traits) ? 'as `reasoning_effort`' : NO),
  service_tier: () => UPON_REFUSAL,
  web_search_options: (traits) => (traits.webSearchTool === '' ? '400' : `\`${traits.webSearchTool}\``),
  prompt_cache_options: cache,
  prompt_caching: cache,
  cache_control: cache,
  anthropic_beta: (traits) => (traits.betas.length === 0 ? NO : 'known flags'),
  performance_config: () => UPON_REFUSAL,
  seed: sampling('seed'),
  frequency_penalty: sampling('frequencyPenalty'),
  presence_penalty: sampling('presencePenalty'),
  repetition_penalty: sampling('repetitionPenalty'),
  min_p: sampling('minP'),
  logit_bias: sampling('logitBias'),
  verbosity: sampling('verbosity')
}

/** What messages may hold, by model. */
const CONTENT: Readonly<Record<string, (traits: Traits) => string>> = {
  'system messages': (traits) => (traits.systemPrompt ? YES : 'as user text'),
  images: media('image'),
  documents: (traits) => (traits.input.includes('document') ? YES : 'text files read out, else 400'),
  audio: media('audio'),
  video: media('video'),
  '`s3://` media': (traits) => (traits.input.length === 0 ? '400' : traits.s3Media ? 'from `S3_MEDIA_BUCKETS`' : '400'),
  'last message from the assistant': (traits) => (traits.prefill ? 'continued' : 'a user turn follows'),
  'signed reasoning sent back': (traits) => ({ signed: YES, redacted: 'encrypted only', none: 'left out' })[traits.replay],
  'most tokens of an answer': (traits) => (traits.maxOutputTokens === 0 ? 'unknown' : String(traits.maxOutputTokens)),
  'context window': (traits) => (traits.contextWindow === 0 ? 'unknown' : String(traits.contextWindow))
}

function sampling(name: SamplingName): (traits: Traits) => string {
  return ({ nativeFields }) => (nativeFields[name] === undefined ? NO : `as \`${nativeFields[name]}\``)
}

function media(kind: 'image' | 'audio' | 'video'): (traits: Traits) => string {
  return (traits) => (traits.input.includes(kind) ? YES : '400')
}

function toolChoice({ toolChoice: kinds, forcedToolWithReasoning }: Traits): string {
  const words = { auto: 'auto', any: 'required', tool: 'named' }
  const rest = kinds.length < 3 ? '; else in words, reported' : forcedToolWithReasoning ? '' : '; in words while it reasons'
  return `${kinds.map((kind) => words[kind]).join(', ')}${rest}`
}

function canForce({ tools, toolChoice: kinds }: Traits): boolean {
  return tools && (kinds.includes('any') || kinds.includes('tool'))
}

function steers({ reasoning: kind }: Traits): boolean {
  return kind !== 'none' && kind !== 'inherent'
}

function reasoning(traits: Traits): string {
  const words = traits.efforts.join(', ')
  switch (traits.reasoning) {
    case 'none':
      return NO
    case 'inherent':
      return 'always reasons; reported'
    case 'budget':
      return 'as a thinking budget'
    case 'adaptive':
      return `adaptive: ${words}`
    case 'nova':
      return `\`reasoningConfig\`: ${words}`
    case 'field':
      return `\`${traits.reasoningField}\`: ${words}`
  }
}

function cache({ cache: places, cacheLongTtl }: Traits): string {
  return places.length === 0 ? NO : `${places.join(', ')}${cacheLongTtl ? '; 5m, 1h' : '; 5m'}`
}

/** The page that tells what becomes of every field, made from the tables that the code itself reads. */
export function compatibilityPage(): string {
  return `# Compatibility
Made from the code's own tables by \`npm run docs\`; do not edit.

What is left out of a request is named in the response header \`x-adit-dropped\`, in each spelling and place in which
its caller wrote it (\`messages[2].content[0].cache_control\`; in Messages \`messages.2.content.0.cache_control\`). Unknown fields never
fail a request; they are reported too. \`null\` means absent. Extensions work at the top level and inside a literal \`extra_body\` object.

## Fields of \`POST /chat/completions\`

${table(['field', 'type', 'values', 'what becomes of it', 'note'], Object.entries<FieldRow>(FIELDS).map(fieldLine))}

## Fields of \`POST /responses\`

What depends on the model is told below, under the names of Chat Completions.

${table(['field', 'type', 'values', 'what becomes of it', 'note'], Object.entries<FieldRow>(RESPONSES_FIELDS).map(fieldLine))}

${table(['item of the input', 'what becomes of it'], notes(ITEMS))}

${table(['tool', 'what becomes of it'], notes(TOOLS))}

${table(
  ['why the answer ended', '`status`', '`incomplete_details.reason`'],
  Object.entries(RESPONSE_OUTCOMES).map(([why, how]) => [
    why,
    how?.status ?? 'an error',
    how && 'reason' in how ? how.reason : ''
  ])
)}

## Fields of \`POST /messages\`

Extensions work at the top level. What depends on the model is told below, under the names of Chat Completions.

${table(['field', 'type', 'values', 'what becomes of it', 'note'], Object.entries<FieldRow>(MESSAGES_FIELDS).map(fieldLine))}

${table(
  ['block of a message', 'what becomes of it'],
  Object.entries(BLOCKS).map(([name, { note }]) => [`\`${name}\``, note])
)}

${table(['tool', 'what becomes of it'], [['custom', 'a function'], ...Object.entries(TYPED_TOOLS).map(typedTool)])}

${table(
  ['why the answer ended', '`stop_reason`'],
  Object.entries(STOP_REASONS).map(([why, word]) => [why, word ?? 'an error'])
)}

## What was proven, and on what

"Stand-in" is the synthetic Bedrock of this repository, written from AWS's service models, recordings and documents; "documents" are those alone.
Nothing here was run against AWS itself.

| models | surface of Bedrock | proven by | rests on documents |
| --- | --- | --- | --- |
| all that Converse has | Converse, ConverseStream | stand-in, every dialect; AWS SDK and boto3 by \`/model/{id}/...\` | limits of single models |
| Claude | InvokeModel, InvokeModelWithResponseStream | stand-in, AWS SDK and boto3 | |
| \`openai.gpt-5.4*\`, \`openai.gpt-5.5*\`, and whatever a row sends there | mantle, \`/openai/v1\`: Responses, Chat Completions | stand-in, openai-node; Responses to Responses keeps items, arguments, phases, encrypted reasoning and settings as written | which settings mantle takes (what it refuses is left out and reported); custom tools go as functions of one string |
| other text models | InvokeModel in their own words | | handed on as it stands, with the counts of Bedrock's headers |
| Claude Sonnet 4.5, Haiku 4.5, Opus 4.1 | CountTokens | stand-in, AWS SDK and boto3 | which other models count |
| guardrails | ApplyGuardrail, InvokeGuardrailChecks | stand-in, AWS SDK (boto3: the first) and openai-node | severities and confidences of real texts |
| Cohere and Amazon rerankers | InvokeModel | stand-in, Cohere's client | Amazon's body, and \`top_n\` above the number of documents |
| Stability core, ultra, SD 3.5, inpaint, remove background, search and replace | InvokeModel | stand-in, openai-node | the regions that have them; the other editors' own fields |
| Titan Image Generator v2 | InvokeModel | stand-in, openai-node | whether it still is ACTIVE |
| models that fill in the middle | none | | no surface of Bedrock, and none of AWS's lists of parameters (Mistral's, DeepSeek's, Qwen's; read 2026-11), has a suffix, and Codestral is not there: \`suffix\` is 400. An imported model that reads its own tokens for it is called by \`/model/{arn}/invoke\`, unproven |

## Pictures

| models | made from words | a picture changed | sizes | in one call |
| --- | --- | --- | --- | --- |
| \`stability.stable-image-core-*\` | yes | 400 | the nearest shape; \`size\` reported | 1 |
| \`stability.stable-image-ultra-*\`, \`stability.sd3-5-*\` | yes | whole, \`strength\` 0.7 | the nearest shape; \`size\` reported | 1 |
| \`stability.stable-image-inpaint-*\`, \`-erase-object-*\` | 400 | within \`mask\` | the picture's | 1 |
| \`stability.stable-image-remove-background-*\` | 400 | without words | the picture's | 1 |
| other \`stability.stable-*\` | 400 | with the model's own fields | the picture's | 1 |
| \`amazon.titan-image-generator-*\` | yes | as a variation; \`mask\` is 400 | the nearest of its own | 5 |

\`gpt-image-*\` and \`dall-e-*\` are \`DEFAULT_IMAGE_MODEL\`; where that only makes pictures, edits and variations go to
\`stability.sd3-5-large-v1:0\`, and with a mask to \`us.stability.stable-image-inpaint-v1:0\`. \`response_format: url\`, and \`dall-e-*\` without
one, give data URLs. \`negative_prompt\`, \`seed\`, \`strength\`, \`search_prompt\` and the like pass to the model. \`stream\` is 400.

## Categories of \`POST /moderations\`

A score is the least of the kinds of Bedrock's content filter that must come together. With \`MODERATION_GUARDRAIL\` the confidence of a filter is
its score (low 0.3, medium 0.6, high 0.9), a category is held against a text where the guardrail blocks its kinds, and \`flagged\` is whether it
intervened, also for a topic, a word or personal data; without it Bedrock's own severity is the score, and 0.5 is held against a text.

${table(
  ['category', "kinds of Bedrock's content filter"],
  Object.entries<readonly string[]>(CATEGORIES).map(([name, harms]) => [
    `\`${name}\``,
    harms.length === 0 ? 'none: 0, reported' : harms.map((harm) => harm.toUpperCase()).join(' and ')
  ])
)}

## What depends on the model

The first row whose pattern fits the base id decides: without geography, ARN or throughput suffix. An application profile has the row of
what it runs. An operator's \`MODEL_TRAITS_FILE\` lies over these rows. Where Bedrock refuses one of these things after all, the gateway
leaves it out, tries once more, remembers it for that model for an hour, and reports it.

${modelTables()}`
}

function notes(rows: Readonly<Record<string, { readonly note: string }>>): string[][] {
  return Object.entries(rows).map(([name, { note }]) => [`\`${name}\``, note])
}

const RUN_BY = {
  caller: 'a function with its documented input',
  search: 'left out, reported; the deferred tools are offered',
  provider: '400 alone or forced; left out and reported beside others'
} as const

function typedTool([name, runner]: readonly [string, keyof typeof RUN_BY]): string[] {
  return [`\`${name}_*\``, RUN_BY[runner]]
}

function fieldLine([name, row]: readonly [string, FieldRow]): string[] {
  const outcome = row.neutral === undefined ? OUTCOMES[row.outcome] : `${OUTCOMES[row.outcome]}, unless \`${row.neutral}\``
  return [`\`${name}\`${row.extension ? ' (extension)' : ''}`, row.type, values(row), outcome, row.note]
}

function values({ values: words, min, max }: FieldRow): string {
  if (words !== undefined) return words.join(', ')
  if (min === undefined) return max === undefined ? '' : `to ${max}`
  return max === undefined ? `from ${min}` : `${min} to ${max}`
}

type Columns = Readonly<Record<string, (traits: Traits) => string>>

const TABLES: Readonly<Record<string, Columns>> = {
  Sampling: pick('temperature', 'top_p', 'top_k', 'stop'),
  'Settings that only some models have': pick(
    'seed',
    'frequency_penalty',
    'presence_penalty',
    'repetition_penalty',
    'min_p',
    'logit_bias',
    'verbosity'
  ),
  'Tools and form of the answer': pick('tools', 'tool_choice', 'parallel_tool_calls', 'response_format', 'web_search_options'),
  Reasoning: {
    ...pick('reasoning_effort', 'reasoning', 'thinking'),
    '`<think>` at the beginning of its text': ({ inlineReasoning }) =>
      ({ no: 'text', always: 'reasoning', 'with-tools': 'reasoning, where it has tools' })[inlineReasoning]
  },
  'Caching and the call itself': pick(
    'cache_control',
    'prompt_caching',
    'prompt_cache_options',
    'anthropic_beta',
    'service_tier',
    'performance_config'
  ),
  Messages: CONTENT
}

function pick(...names: readonly ByModel[]): Columns {
  return Object.fromEntries(names.map((name) => [`\`${name}\``, BY_MODEL[name]]))
}

function modelTables(): string {
  // Rows without a family are embedding models, which only must not fall to another row; the last one is for models nobody knows.
  const shown = TRAIT_ROWS.filter(([match, { family }]) => family !== 'unknown' || match === '*')
  return Object.entries(TABLES)
    .map(([title, columns]) => {
      const lines = shown.map(([match, traits]) => [`\`${match}\``, ...Object.values(columns).map((cell) => cell(traits))])
      return `### ${title}\n\n${table(['model', ...Object.keys(columns)], merge(lines))}\n`
    })
    .join('\n')
}

/** Neighbours that say the same share a line. */
function merge(lines: readonly string[][]): string[][] {
  const merged: string[][] = []
  for (const line of lines) {
    const before = merged.at(-1)
    const [match = '', ...cells] = line
    if (before !== undefined && before.slice(1).join('|') === cells.join('|')) before[0] += ` ${match}`
    else merged.push([match, ...cells])
  }
  return merged
}

function table(head: readonly string[], lines: readonly string[][]): string {
  const all = [head, head.map(() => '---'), ...lines]
  return all.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

if (import.meta.main) await writeFile(COMPATIBILITY_PAGE, compatibilityPage())
