import type { Harm, Verdict } from '../../core/moderation.ts'

/**
 * OpenAI's categories (API reference of 2026-11), each by the kinds of harm of Bedrock's guardrails that must all be there; empty: Bedrock
 * does not judge it. Its score is the least of theirs.
 */
export const CATEGORIES = {
  harassment: ['insults'],
  'harassment/threatening': ['insults', 'violence'],
  sexual: ['sexual'],
  'sexual/minors': [],
  hate: ['hate'],
  'hate/threatening': ['hate', 'violence'],
  illicit: ['misconduct'],
  'illicit/violent': ['misconduct', 'violence'],
  'self-harm': [],
  'self-harm/intent': [],
  'self-harm/instructions': [],
  violence: ['violence'],
  'violence/graphic': []
} as const satisfies Record<string, readonly Harm[]>

export type Category = keyof typeof CATEGORIES

export const CATEGORY_NAMES = Object.keys(CATEGORIES) as readonly Category[]

/** Categories that nobody here judges: always 0 and false. */
export const UNJUDGED: readonly Category[] = CATEGORY_NAMES.filter((name) => CATEGORIES[name].length === 0)

/** The score of a category, from 0 to 1. */
export function scoreOf(category: Category, { scores }: Verdict): number {
  const harms: readonly Harm[] = CATEGORIES[category]
  return harms.length === 0 ? 0 : Math.min(...harms.map((harm) => scores[harm]))
}

/** Whether a category is held against it. */
export function isFound(category: Category, { found }: Verdict): boolean {
  const harms: readonly Harm[] = CATEGORIES[category]
  return harms.length > 0 && harms.every((harm) => found.has(harm))
}
