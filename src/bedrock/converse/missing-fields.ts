import type { Omission } from '../prepare/encode-scope.ts'

/**
 * Whole sentences that say: this model lacks this field. Each is matched from its first character to its last and leaves no room
 * for a word of a caller's, so that text of a caller's that Bedrock repeats can never make one; and none speaks of a value, but
 * for the model's own limit of tokens. Nothing else is remembered for a model. Sentences as recorded until 2026-11.
 *
 * What must hold besides, and is checked where this is asked: the request held no field under a name of the caller's own,
 * since `Extra inputs are not permitted` may speak of that one.
 */
const SENTENCES: readonly (readonly [sentence: string, omissions: readonly Omission[] | 'cache points' | 'most tokens'])[] = [
  [field('temperature'), ['temperature']],
  [deprecated('temperature'), ['temperature']],
  [field('topP'), ['topP']],
  [deprecated('top_p'), ['topP']],
  ['`temperature` and `top_p` cannot both be specified for this model\\. Please use only one\\.', ['topPWithTemperature']],
  [deprecated('top_k'), ['topK']],
  [extraneous('', 'top_k'), ['topK']],
  [extraneous('', 'k'), ['topK']],
  [extraneous('/inferenceConfig', 'topK'), ['topK']],
  [field('stopSequences'), ['stopSequences']],
  [field('status'), ['status']],
  [field('outputConfig'), ['structuredOutput']],
  [extra('output_config\\.format'), ['structuredOutput']],
  [extra('tools\\.\\d+\\.custom\\.strict'), ['strict']],
  [extra('thinking\\.(?:adaptive\\.|enabled\\.)?block_binding'), ['blockBinding']],
  [extra('tool_choice\\.disable_parallel_tool_use'), ['parallelToolCalls']],
  [field('toolConfig\\.toolChoice\\.any'), ['toolChoice.any']],
  [field('toolConfig\\.toolChoice\\.tool'), ['toolChoice.tool']],
  ['tool_choice: type "tool" and "any" are not supported for this model\\.', ['toolChoice.any', 'toolChoice.tool']],
  [
    'tool_choice: forced tool use \\("(?:any|tool)"\\) is not supported by this model; only "auto" is\\.',
    ['toolChoice.any', 'toolChoice.tool']
  ],
  ["This model doesn't support tool use in streaming mode\\.", ['streamingTools']],
  ['This model does not support assistant message prefill\\. The conversation must end with a user message\\.', ['prefill']],
  [
    "This model doesn't support system messages\\. Try again without a system message or use a model that supports system messages\\.",
    ['system']
  ],
  [
    '"thinking\\.type\\.(?:enabled|adaptive)" is not supported for this model\\.(?: Use "thinking\\.type\\.adaptive" and "output_config\\.effort" to control thinking behavior\\.)?',
    ['reasoning']
  ],
  [extraneous('', '(?:reasoning|reasoning_effort|reasoning_config|reasoningConfig)'), ['reasoning', 'reasoningOff']],
  [extra('(?:(?:tools|system|messages)\\.\\d+\\.(?:content\\.\\d+\\.)?)?cache_control\\.ttl'), ['cacheTtl']],
  [field('cachePoint'), 'cache points'],
  [extraneous('/(?:toolConfig/tools|system|messages/\\d+/content)/\\d+', 'cachePoint'), 'cache points'],
  [
    'You invoked an unsupported model or your request did not allow prompt caching\\.?(?: See the documentation for more information\\.?)?',
    'cache points'
  ],
  ['You do not have access to explicit prompt caching\\.?', 'cache points'],
  [
    'The maximum tokens you requested exceeds the model limit of \\d+\\. Try again with a maximum tokens value that is lower than \\d+\\.(?: \\([\\w.:-]+\\))?',
    'most tokens'
  ]
]

const PATTERNS = SENTENCES.map(([sentence, proven]) => [new RegExp(`^(?:${sentence})$`), proven] as const)

/** Tells whether a sentence of refusal, without what Bedrock puts around it, proves that the model lacks all of `omissions`. */
export function provesMissing(sentence: string, omissions: readonly Omission[]): boolean {
  return PATTERNS.some(([pattern, proven]) => pattern.test(sentence) && covers(proven, omissions))
}

function covers(proven: (typeof SENTENCES)[number][1], omissions: readonly Omission[]): boolean {
  switch (proven) {
    // A model may take a point in one place and not in another, and the sentence tells no place or a rough one.
    case 'cache points':
      return omissions.length === 1 && omissions.every((omission) => omission.startsWith('cachePoint.'))
    case 'most tokens':
      return omissions.every((omission) => omission.startsWith('maxTokens<='))
    default:
      return omissions.every((omission) => proven.includes(omission))
  }
}

function field(name: string): string {
  return `This model doesn't support the ${name} field\\. Remove ${name} and try again\\.`
}

function deprecated(name: string): string {
  return `\`${name}\` is deprecated for this model\\.`
}

function extra(path: string): string {
  return `${path}: Extra inputs are not permitted`
}

/** With its place: a name alone may be that of a key deep in a caller's schema. */
function extraneous(place: string, key: string): string {
  return `#${place}: extraneous key \\[${key}\\] is not permitted`
}
