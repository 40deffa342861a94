export const PERIODS = ['day', 'week', 'month'] as const
export type Period = (typeof PERIODS)[number]

/** A period that has begun. */
export interface Span {
  readonly period: Period
  /** Its first day, UTC: `2026-11-23`. */
  readonly from: string
  /** When the next one begins; milliseconds since the epoch. */
  readonly endsAt: number
  /** The same as budgets tell it: `2026-12-01T00:00:00Z`. */
  readonly ends: string
  /** What is counted in it, by name: `week:2026-11-23`. */
  readonly counter: string
}

const DAY_MS = 86_400_000
/** Days of a week, which begins on Monday (ISO 8601). */
const WEEK = 7
/** The first day of 1970 was a Thursday. */
const THURSDAY = 3

/** What was made last for each period: it is the same all day long, and every request asks for it. */
const latest = new Map<Period, { readonly day: number; readonly span: Span }>()

/** The period that a time lies in. All begin at midnight UTC: the day, the week on Monday, the month on its first. `now` in milliseconds. */
export function spanOf(period: Period, now: number): Span {
  const day = Math.floor(now / DAY_MS)
  const known = latest.get(period)
  if (known?.day === day) return known.span
  const made = makeSpan(period, day)
  latest.set(period, { day, span: made })
  return made
}

function makeSpan(period: Period, day: number): Span {
  switch (period) {
    case 'day':
      return span(period, day, day + 1)
    case 'week': {
      const monday = day - ((day + THURSDAY) % WEEK)
      return span(period, monday, monday + WEEK)
    }
    case 'month': {
      const date = new Date(day * DAY_MS)
      const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
      return span(period, Date.UTC(year, month, 1) / DAY_MS, Date.UTC(year, month + 1, 1) / DAY_MS)
    }
  }
}

function span(period: Period, first: number, next: number): Span {
  const from = dayText(first)
  const endsAt = next * DAY_MS
  return { period, from, endsAt, ends: timeText(endsAt), counter: `${period}:${from}` }
}

function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z')
}
