import { guardrailLine } from './bill.ts'
import type { Exchange } from './exchange.ts'
import { ACCOUNT, REGION } from './options.ts'
import { parseBody } from './parse-body.ts'
import { placeOf } from './place.ts'
import { invalid, Refusal } from './refusal.ts'
import { blob, type Check, list, oneOf, struct, text, union } from './shape.ts'
import { wireJson } from './wire-json.ts'
import type { World } from './world.ts'

/** The one guardrail of the account, in its draft and two versions. */
export const GUARDRAIL = { id: 'gr1standin99', versions: ['DRAFT', '1', '2'] } as const

const IMAGE = struct({ format: oneOf('png', 'jpeg'), source: union({ bytes: blob }) }, ['format', 'source'])
const TEXT = struct({ text: text({ min: 1 }), qualifiers: list(oneOf('grounding_source', 'query', 'guard_content')) }, ['text'])
const APPLY = struct(
  {
    source: oneOf('INPUT', 'OUTPUT'),
    content: list(union({ text: TEXT, image: IMAGE })),
    outputScope: oneOf('INTERVENTIONS', 'FULL')
  },
  ['source', 'content']
)

const CATEGORIES = ['VIOLENCE', 'HATE', 'SEXUAL', 'MISCONDUCT', 'INSULTS'] as const
const ATTACKS = ['JAILBREAK', 'PROMPT_INJECTION', 'PROMPT_LEAKAGE'] as const
const named = (member: string, words: readonly string[]): Check =>
  list(struct({ [member]: oneOf(...words) }, [member]), { min: 1 })
const CHECKS = struct(
  {
    messages: list(
      struct({ role: oneOf('user', 'assistant', 'system'), content: list(union({ text: text({ min: 1 }) }), { min: 1 }) }, [
        'role',
        'content'
      ]),
      { min: 1 }
    ),
    checks: struct({
      contentFilter: struct({ categories: named('category', CATEGORIES) }, ['categories']),
      promptAttack: struct({ categories: named('category', ATTACKS) }, ['categories'])
    })
  },
  ['messages', 'checks']
)

/** How grave a word is for a category, from 0 to 1: a synthetic guardrail reads no more than words. */
const WORDS: readonly (readonly [word: RegExp, category: string, severity: number])[] = [
  [/\b(?:kill|murder)/i, 'VIOLENCE', 0.92],
  [/\bpunch/i, 'VIOLENCE', 0.4],
  [/\bvermin\b/i, 'HATE', 0.85],
  [/\bporn/i, 'SEXUAL', 0.9],
  [/\bmeth\b|\bpick a lock/i, 'MISCONDUCT', 0.75],
  [/\bidiot/i, 'INSULTS', 0.6],
  [/ignore (?:all|your) .*instructions/i, 'JAILBREAK', 0.8]
]

function severityOf(category: string, said: string): number {
  return Math.max(0, ...WORDS.filter(([word, of]) => of === category && word.test(said)).map(([, , severity]) => severity))
}

interface Content {
  readonly text?: { readonly text: string }
  readonly image?: unknown
}

/** Answers ApplyGuardrail. A text with the marker GUARDRAIL-BLOCK is blocked by a topic; the content filters stand at medium. */
export function applyGuardrail(
  exchange: Exchange,
  world: World,
  { id, version }: { readonly id: string; readonly version: string }
): void {
  const body = parseBody(exchange.body)
  checkIdentifier(id, version)
  APPLY(body, '')
  const { content } = body as { content: readonly Content[] }
  const said = content.map((block) => block.text?.text ?? '').join('\n')
  const filters = CATEGORIES.map((type) => ({ type, severity: severityOf(type, said) }))
    .filter(({ severity }) => severity > 0)
    .map(({ type, severity }) => {
      const confidence = severity >= 0.7 ? 'HIGH' : severity >= 0.5 ? 'MEDIUM' : 'LOW'
      return { type, confidence, filterStrength: 'MEDIUM', action: confidence === 'LOW' ? 'NONE' : 'BLOCKED', detected: true }
    })
  const isTopic = said.includes('GUARDRAIL-BLOCK')
  const isBlocked = isTopic || filters.some(({ action }) => action === 'BLOCKED')
  const assessment = {
    ...(filters.length === 0 ? {} : { contentPolicy: { filters } }),
    ...(isTopic ? { topicPolicy: { topics: [{ name: 'standin', type: 'DENY', action: 'BLOCKED', detected: true }] } } : {}),
    invocationMetrics: { guardrailProcessingLatency: 5 }
  }
  const usage = {
    topicPolicyUnits: 1,
    contentPolicyUnits: 1,
    contentPolicyImageUnits: content.filter(({ image }) => image !== undefined).length,
    wordPolicyUnits: 0,
    sensitiveInformationPolicyUnits: 0,
    sensitiveInformationPolicyFreeUnits: 0,
    contextualGroundingPolicyUnits: 0
  }
  const answer = {
    action: isBlocked ? 'GUARDRAIL_INTERVENED' : 'NONE',
    actionReason: isBlocked ? 'Guardrail blocked.' : 'No action.',
    assessments: [assessment],
    guardrailCoverage: { textCharacters: { guarded: said.length, total: said.length } },
    outputs: isBlocked ? [{ text: 'Sorry, the synthetic guardrail blocked this request.' }] : [],
    usage
  }
  exchange.sendJson(200, wireJson(answer))
  world.bill.push(guardrailLine({ at: world.clock.now(), ...placeOf(exchange), modelId: `guardrail/${id}` }, usage))
}

function checkIdentifier(id: string, version: string): void {
  if (!/^(?:[a-z0-9]+|arn:aws(?:-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail\/[a-z0-9]+)$/.test(id))
    invalid('The guardrail identifier is invalid.')
  if (!/^(?:[1-9][0-9]{0,7}|DRAFT)$/.test(version)) invalid('The guardrail version is invalid.')
  const own = [GUARDRAIL.id, `arn:aws:bedrock:${REGION}:${ACCOUNT}:guardrail/${GUARDRAIL.id}`]
  const isKnown = own.includes(id) && GUARDRAIL.versions.some((known) => known === version)
  if (!isKnown)
    throw new Refusal('ResourceNotFoundException', 'The guardrail identifier or version that was provided does not exist.')
}

interface Checks {
  readonly contentFilter?: { readonly categories: readonly { readonly category: string }[] }
  readonly promptAttack?: { readonly categories: readonly { readonly category: string }[] }
}

/** Answers InvokeGuardrailChecks: a severity from 0 to 1 for every category that was asked for. */
export function invokeGuardrailChecks(exchange: Exchange): void {
  const body = parseBody(exchange.body)
  CHECKS(body, '')
  const { messages, checks } = body as {
    messages: readonly { readonly content: readonly { readonly text: string }[] }[]
    checks: Checks
  }
  if (Object.keys(checks).length === 0) invalid('At least one check must be specified.')
  const said = messages.flatMap(({ content }) => content.map((block) => block.text)).join('\n')
  const textUnits = Math.max(1, Math.ceil(said.length / 1000))
  const severities = (of: { readonly categories: readonly { readonly category: string }[] }) => ({
    results: of.categories.map(({ category }) => ({ category, severityScore: severityOf(category, said) }))
  })
  const asked = Object.entries(checks) as [string, { readonly categories: readonly { readonly category: string }[] }][]
  exchange.sendJson(
    200,
    wireJson({
      results: Object.fromEntries(asked.map(([name, of]) => [name, severities(of)])),
      usage: Object.fromEntries(asked.map(([name]) => [name, { textUnits }]))
    })
  )
}
