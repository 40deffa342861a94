import { isJsonObject, type Json, type JsonObject, member } from '../../core/json.ts'
import { HARMS, type Harm, type ModerationItem, type Verdict } from '../../core/moderation.ts'

/** The body of InvokeGuardrailChecks for one item: every kind of harm (service model of 2026-11). It reads no pictures. */
export function encodeChecks({ texts }: ModerationItem): JsonObject {
  return {
    messages: [{ role: 'user', content: texts.map((text) => ({ text })) }],
    checks: { contentFilter: { categories: HARMS.map((harm) => ({ category: harm.toUpperCase() })) } }
  }
}

/** From so much on a severity is held against a text. The checks have no threshold of their own. */
const GRAVE = 0.5

/** Reads the severities of InvokeGuardrailChecks. */
export function decodeChecks(answer: JsonObject): Verdict {
  const filter = member(member(answer.results, 'contentFilter'), 'results')
  const scores = scoresOf(filter, 'category', (entry) => (typeof entry.severityScore === 'number' ? entry.severityScore : 0))
  const found = new Set(HARMS.filter((harm) => scores[harm] >= GRAVE))
  return { scores, found, flagged: found.size > 0 }
}

/** The body of ApplyGuardrail for one item, which is told in full, also where nothing is held against it. */
export function encodeGuardrail({ texts, images }: ModerationItem): JsonObject {
  return {
    source: 'INPUT',
    outputScope: 'FULL',
    content: [
      ...texts.map((text) => ({ text: { text } })),
      ...images.map(({ format, data }) => ({ image: { format, source: { bytes: data } } }))
    ]
  }
}

/** What a filter's confidence is worth as a number. */
const CONFIDENCE: Readonly<Record<string, number>> = { NONE: 0, LOW: 0.3, MEDIUM: 0.6, HIGH: 0.9 }

/** Reads the assessments of ApplyGuardrail. What its operator blocks is held against the item, whatever the confidence. */
export function decodeGuardrail(answer: JsonObject): Verdict {
  const assessments: readonly Json[] = Array.isArray(answer.assessments) ? answer.assessments : []
  const filters = assessments.flatMap((one): readonly Json[] => {
    const list = member(member(one, 'contentPolicy'), 'filters')
    return Array.isArray(list) ? list : []
  })
  const scores = scoresOf(filters, 'type', ({ confidence }) => CONFIDENCE[String(confidence)] ?? 0)
  const blocked = filters.filter((one) => isJsonObject(one) && one.action === 'BLOCKED')
  const found = new Set(HARMS.filter((harm) => blocked.some((one) => isKind(one, 'type', harm))))
  return { scores, found, flagged: answer.action === 'GUARDRAIL_INTERVENED' }
}

function scoresOf(list: Json | undefined, kind: string, score: (entry: JsonObject) => number): Record<Harm, number> {
  const entries: readonly Json[] = Array.isArray(list) ? list : []
  const of = (harm: Harm) =>
    Math.max(0, ...entries.map((entry) => (isJsonObject(entry) && isKind(entry, kind, harm) ? score(entry) : 0)))
  return {
    violence: of('violence'),
    hate: of('hate'),
    sexual: of('sexual'),
    misconduct: of('misconduct'),
    insults: of('insults')
  }
}

function isKind(entry: Json, kind: string, harm: Harm): boolean {
  return member(entry, kind) === harm.toUpperCase()
}
