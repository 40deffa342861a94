export const PERIODS = ['day', 'week', 'month'] as const
export type Period = (typeof PERIODS)[number]

/** A period that has begun. */
export interface Span {
  readonly period: Period
  /** Its first day, UTC: `2026-11-23`. */
  readonly from: string
  /** When the next one begins; milliseconds since the epoch. */
  readonly endsAt: number
}

const DAY_MS = 86_400_000
/** Days of a week, which begins on Monday (ISO 8601). */
const WEEK = 7
/** The first day of 1970 was a Thursday. */
const THURSDAY = 3

/** The period that a time lies in. All begin at midnight UTC: the day, the week on Monday, the month on its first. `now` in milliseconds. */
export function spanOf(period: Period, now: number): Span {
  const day = Math.floor(now / DAY_MS)
  switch (period) {
    case 'day':
      return span(period, day, day + 1)
    case 'week': {
      const monday = day - ((day + THURSDAY) % WEEK)
      return span(period, monday, monday + WEEK)
    }
    case 'month': {
      const date = new Date(now)
      const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
      return span(period, Date.UTC(year, month, 1) / DAY_MS, Date.UTC(year, month + 1, 1) / DAY_MS)
    }
  }
}

function span(period: Period, first: number, next: number): Span {
  return { period, from: dayText(first), endsAt: next * DAY_MS }
}

function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}

/** A time as budgets tell it: `2026-12-01T00:00:00Z`. Milliseconds since the epoch. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z')
}
