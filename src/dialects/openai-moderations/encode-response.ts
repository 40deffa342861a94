import type { ModerationItem, Verdict } from '../../core/moderation.ts'
import { CATEGORY_NAMES, type Category, isFound, scoreOf, UNJUDGED } from './categories.ts'

interface ModerationHead {
  readonly id: string
  /** As the caller named it. */
  readonly model: string
}

/** An answer as OpenAI's clients read it: all categories of all items, judged or not. */
export function encodeModeration(
  verdicts: readonly Verdict[],
  items: readonly ModerationItem[],
  { id, model }: ModerationHead
): object {
  return { id, model, results: verdicts.map((verdict, at) => encodeVerdict(verdict, items[at])) }
}

function encodeVerdict(verdict: Verdict, item: ModerationItem | undefined): object {
  const kinds = [...(item?.texts.length === 0 ? [] : ['text']), ...((item?.images.length ?? 0) > 0 ? ['image'] : [])]
  const each = <T>(of: (category: Category) => T) => Object.fromEntries(CATEGORY_NAMES.map((name) => [name, of(name)]))
  return {
    flagged: verdict.flagged,
    categories: each((name) => isFound(name, verdict)),
    category_scores: each((name) => scoreOf(name, verdict)),
    category_applied_input_types: each((name) => (UNJUDGED.includes(name) ? [] : kinds))
  }
}
