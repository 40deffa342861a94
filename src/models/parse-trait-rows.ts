import { SAMPLING_NAMES } from '../core/request.ts'
import type { TraitRow, Traits } from './traits-type.ts'

type Check = (value: unknown) => boolean

const flag: Check = (value) => typeof value === 'boolean'
const text: Check = (value) => typeof value === 'string'
const count: Check = (value) => typeof value === 'number' && Number.isInteger(value) && value >= 0
const texts: Check = (value) => Array.isArray(value) && value.every(text)
const nativePaths: Check = (value) =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.entries(value).every(([name, path]) => (SAMPLING_NAMES as readonly string[]).includes(name) && text(path))
const oneOf =
  (...words: readonly unknown[]): Check =>
  (value) =>
    words.includes(value)
const someOf =
  (...words: readonly unknown[]): Check =>
  (value) =>
    Array.isArray(value) && value.every((item) => words.includes(item))

const SURFACES = ['converse', 'anthropic', 'either', 'responses', 'chat-completions']
const MEDIA = ['image', 'document', 'video', 'audio']
const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/** What each member may be, in words for the operator and as a test. A member that traits gain breaks the build here. */
const MEMBERS = {
  family: ['a string', text],
  input: [`a list of ${MEDIA.join(', ')}`, someOf(...MEDIA)],
  surface: [`one of ${SURFACES.join(', ')}`, oneOf(...SURFACES)],
  host: ['runtime or mantle', oneOf('runtime', 'mantle')],
  mantlePrefix: ['/v1 or /openai/v1', oneOf('/v1', '/openai/v1')],
  contextEdits: ['true or false', flag],
  systemTurns: ['true or false', flag],
  eagerToolInput: ['true or false', flag],
  s3Media: ['true or false', flag],
  systemPrompt: ['true or false', flag],
  prefill: ['true or false', flag],
  streaming: ['true or false', flag],
  tools: ['true or false', flag],
  toolsInStream: ['true or false', flag],
  toolChoice: ['a list of auto, any, tool', someOf('auto', 'any', 'tool')],
  forcedToolWithReasoning: ['true or false', flag],
  parallelToolSwitch: ['true or false', flag],
  strictTools: ['true or false', flag],
  schemaDraft: ['any or 2020-12', oneOf('any', '2020-12')],
  schemaRefs: ['true or false', flag],
  rootComposition: ['true or false', flag],
  anyPropertyName: ['true or false', flag],
  toolIds: ['plain, dotted or nine', oneOf('plain', 'dotted', 'nine')],
  systemTools: ['a list of strings', texts],
  webSearchTool: ['a string', text],
  textToolCalls: ['true or false', flag],
  callMarkers: [
    'a list of strings that begin with <',
    (value) => texts(value) && (value as string[]).every((one) => one.startsWith('<'))
  ],
  searchResults: ['true or false', flag],
  toolResultMedia: [`a list of ${MEDIA.join(', ')}`, someOf(...MEDIA)],
  toolResultStatus: ['true or false', flag],
  besideToolResult: ['all, no-files or nothing', oneOf('all', 'no-files', 'nothing')],
  temperature: ['true or false', flag],
  topP: ['true or false', flag],
  temperatureWithTopP: ['true or false', flag],
  samplingWithReasoning: ['true or false', flag],
  topKField: ['a string', text],
  maxStops: ['a whole number', count],
  blankStops: ['true or false', flag],
  nativeFields: [`an object of strings under ${SAMPLING_NAMES.join(', ')}`, nativePaths],
  contextWindow: ['a whole number', count],
  maxOutputTokens: ['a whole number', count],
  minOutputTokens: ['a whole number', count],
  reasoning: [
    'none, inherent, budget, adaptive, nova or field',
    oneOf('none', 'inherent', 'budget', 'adaptive', 'nova', 'field')
  ],
  reasoningField: ['a string', text],
  efforts: [`a list of ${EFFORTS.join(', ')}`, someOf(...EFFORTS)],
  reasoningOff: ['omit, disabled or never', oneOf('omit', 'disabled', 'never')],
  hidesReasoning: ['true or false', flag],
  inlineReasoning: ['no, always or with-tools', oneOf('no', 'always', 'with-tools')],
  interleavedBeta: ['a string', text],
  bindingBeta: ['a string', text],
  unlimitedEffort: [`empty or one of ${EFFORTS.join(', ')}`, oneOf('', ...EFFORTS)],
  readsReasoningOf: ['a list of strings', texts],
  replay: ['signed, redacted or none', oneOf('signed', 'redacted', 'none')],
  structuredOutput: ['true or false', flag],
  structuredOutputWithCitations: ['true or false', flag],
  cache: ['a list of tools, system, messages', someOf('tools', 'system', 'messages')],
  cacheLongTtl: ['true or false', flag],
  cacheMinimum: ['a number from 0', (value) => typeof value === 'number' && value >= 0],
  streamInputHoldsCache: ['true or false', flag],
  noCacheBehind: ['a list of strings', texts],
  betas: ['a list of strings', texts],
  longContextBeta: ['a string', text],
  countsTokens: ['true or false', flag],
  tokenScale: ['a number above 0', (value) => typeof value === 'number' && value > 0],
  responseFields: ['true or false', flag],
  profileOnly: ['true or false', flag],
  profiles: ['a list of strings', texts]
} as const satisfies Record<keyof Traits, readonly [words: string, check: Check]>

/** Reads an operator's rows: a list of `{match, ...members}`, or `{"rows": [...]}`. Throws an Error that names the row and the member. */
export function parseTraitRows(json: unknown): TraitRow[] {
  const rows = Array.isArray(json) ? json : (json as { rows?: unknown } | null | undefined)?.rows
  if (!Array.isArray(rows)) throw new Error('model traits: expected a list of rows, or an object with "rows"')
  return rows.map(parseRow)
}

function parseRow(row: unknown, index: number): TraitRow {
  if (typeof row !== 'object' || row === null || Array.isArray(row))
    throw new Error(`model traits: row ${index} is not an object`)
  const { match, ...members } = row as Record<string, unknown>
  if (typeof match !== 'string' || match === '')
    throw new Error(`model traits: row ${index} needs "match", a glob on the base model id`)
  for (const [name, value] of Object.entries(members)) checkMember(`row ${index} (${match})`, name, value)
  return row as TraitRow
}

function checkMember(place: string, name: string, value: unknown): void {
  if (!Object.hasOwn(MEMBERS, name)) {
    throw new Error(`model traits: ${place} has an unknown member "${name}"; known are ${Object.keys(MEMBERS).join(', ')}`)
  }
  const [words, check] = MEMBERS[name as keyof Traits]
  if (!check(value)) throw new Error(`model traits: ${place}: "${name}" must be ${words}`)
}
