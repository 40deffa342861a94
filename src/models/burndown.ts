import { memoize } from '../core/bounded.ts'
import { globMatch } from './glob.ts'

/**
 * What a token of an answer counts against the quota of tokens a minute, by base id; the first row that fits (AWS's page on how tokens
 * are counted in Amazon Bedrock, 2026-10; Sonnet 5.5, Haiku 5, Fable 5, GPT-6 and Kimi K3 are named for a neighbour only).
 */
const ROWS: readonly (readonly [match: string, factor: number])[] = [
  ['anthropic.claude-opus-4-8*', 15],
  ['anthropic.claude-opus-5*', 10],
  ['anthropic.claude-sonnet-5*', 10],
  ['anthropic.claude-haiku-5*', 10],
  ['anthropic.claude-fable-5*', 10],
  ['openai.gpt-5.6*', 10],
  ['openai.gpt-6*', 10],
  ['moonshotai.kimi-k3*', 10],
  ['anthropic.claude-3-7*', 5],
  ['anthropic.claude-*-4-*', 5]
]

const MOST_REMEMBERED = 1000

/** The factor of a model's output tokens in the settlement of its quota, at least 1; 1 where no row tells. */
export function burndownOf(baseId: string): number {
  return found(baseId).factor
}

const found = memoize(
  (baseId: string) => ({ factor: ROWS.find(([match]) => globMatch(match, baseId))?.[1] ?? 1 }),
  MOST_REMEMBERED
)
