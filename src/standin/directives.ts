/** What a user's text asks the demo brain to play. */
export interface Directives {
  /** Words of a long answer. */
  readonly long: number | undefined
  /** Events of a slow answer. */
  readonly slow: number | undefined
  readonly reason: boolean
  readonly max: boolean
  readonly guardrail: boolean
}

/** Reads the directives: `#long N`, `#slow N`, `#reason`, `#max` and the marker that a guardrail blocks. */
export function readDirectives(text: string): Directives {
  return {
    long: amount(text, /#long (\d{1,6})\b/),
    slow: amount(text, /#slow (\d{1,4})\b/),
    reason: /#reason\b/.test(text),
    max: /#max\b/.test(text),
    guardrail: text.includes('GUARDRAIL-BLOCK')
  }
}

function amount(text: string, pattern: RegExp): number | undefined {
  const found = pattern.exec(text)?.[1]
  return found === undefined ? undefined : Number(found)
}
