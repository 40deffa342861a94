import t from 'tap'
import { type Period, spanOf } from '../../src/budgets/period.ts'

const CASES: readonly (readonly [Period, now: string, from: string, until: string])[] = [
  ['day', '2026-11-27T00:00:00.000Z', '2026-11-27', '2026-11-28T00:00:00Z'],
  ['day', '2026-11-27T23:59:59.999Z', '2026-11-27', '2026-11-28T00:00:00Z'],
  ['day', '2026-12-31T12:00:00Z', '2026-12-31', '2027-01-01T00:00:00Z'],
  ['week', '2026-11-23T00:00:00Z', '2026-11-23', '2026-11-30T00:00:00Z'],
  ['week', '2026-11-22T23:59:59.999Z', '2026-11-16', '2026-11-23T00:00:00Z'],
  ['week', '2027-01-01T12:00:00Z', '2026-12-28', '2027-01-04T00:00:00Z'],
  ['month', '2026-11-30T23:59:59.999Z', '2026-11-01', '2026-12-01T00:00:00Z'],
  ['month', '2026-12-15T00:00:00Z', '2026-12-01', '2027-01-01T00:00:00Z'],
  ['month', '2028-02-29T12:00:00Z', '2028-02-01', '2028-03-01T00:00:00Z']
]
for (const [period, now, from, until] of CASES)
  t.test(`the ${period} of ${now}`, async (t) => {
    const span = spanOf(period, Date.parse(now))
    t.strictSame([span.from, span.ends], [from, until])
  })
