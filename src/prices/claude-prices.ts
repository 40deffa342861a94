import type { PriceRow } from './price-row.ts'

/** Claude, by Anthropic. Sources: see `price-sources.ts`. */
export const CLAUDE_PRICES: readonly PriceRow[] = [
  // input, output from A2 (read 2026-10-07); cache rates P1, P3, F1: cache read 0.05 x input
  {
    ids: ['anthropic.claude-opus-5-5*'],
    routing: ['global'],
    from: '2026-09-22',
    input: 4,
    output: 20,
    cache_read: 0.2,
    cache_write_5m: 5,
    cache_write_1h: 8,
    source: 'A2 P1 P3'
  },
  {
    ids: ['anthropic.claude-opus-5-5*'],
    routing: ['geo', 'in_region', 'mantle'],
    from: '2026-09-22',
    input: 4.4,
    output: 22,
    cache_read: 0.22,
    cache_write_5m: 5.5,
    cache_write_1h: 8.8,
    source: 'A2 P1 P3'
  },
  // cache read cut from 0.10 x to 0.05 x input by Anthropic on 2026-10-07; P1 and P3 show the cut on Bedrock, the day on Bedrock is not verified
  {
    ids: ['anthropic.claude-sonnet-5-5*'],
    routing: ['global'],
    from: '2026-09-28',
    until: '2026-10-07',
    input: 2,
    output: 10,
    cache_read: 0.2,
    cache_write_5m: 2.5,
    cache_write_1h: 4,
    source: 'A2 F1'
  },
  {
    ids: ['anthropic.claude-sonnet-5-5*'],
    routing: ['geo', 'in_region', 'mantle'],
    from: '2026-09-28',
    until: '2026-10-07',
    input: 2.2,
    output: 11,
    cache_read: 0.22,
    cache_write_5m: 2.75,
    cache_write_1h: 4.4,
    source: 'A2 F1'
  },
  {
    ids: ['anthropic.claude-sonnet-5-5*'],
    routing: ['global'],
    from: '2026-10-07',
    input: 2,
    output: 10,
    cache_read: 0.1,
    cache_write_5m: 2.5,
    cache_write_1h: 4,
    source: 'A2 P1 P3 F1'
  },
  {
    ids: ['anthropic.claude-sonnet-5-5*'],
    routing: ['geo', 'in_region', 'mantle'],
    from: '2026-10-07',
    input: 2.2,
    output: 11,
    cache_read: 0.11,
    cache_write_5m: 2.75,
    cache_write_1h: 4.4,
    source: 'A2 P1 P3 F1'
  },
  // whole request, output included, at the long rate when input + cache read + cache write > 100000
  {
    ids: ['anthropic.claude-haiku-5-5*'],
    routing: ['global'],
    from: '2026-10-07',
    input: 0.1,
    output: 0.5,
    cache_read: 0.01,
    cache_write_5m: 0.125,
    cache_write_1h: 0.2,
    long_context: {
      over_prompt_tokens: 100000,
      input: 0.5,
      output: 2.5,
      cache_read: 0.05,
      cache_write_5m: 0.625,
      cache_write_1h: 1
    },
    source: 'P1 P3 F1'
  },
  {
    ids: ['anthropic.claude-haiku-5-5*'],
    routing: ['geo', 'in_region', 'mantle'],
    from: '2026-10-07',
    input: 0.11,
    output: 0.55,
    cache_read: 0.011,
    cache_write_5m: 0.1375,
    cache_write_1h: 0.22,
    long_context: {
      over_prompt_tokens: 100000,
      input: 0.55,
      output: 2.75,
      cache_read: 0.055,
      cache_write_5m: 0.6875,
      cache_write_1h: 1.1
    },
    source: 'P1 P3 F1'
  },
  // cache read 0.025 x input; global rows verified in A4
  {
    ids: ['anthropic.claude-fable-5-1*'],
    routing: ['global'],
    from: '2026-09-01',
    input: 10,
    output: 50,
    cache_read: 0.25,
    cache_write_5m: 12.5,
    cache_write_1h: 20,
    source: 'A4 P1'
  },
  {
    ids: ['anthropic.claude-fable-5-1*'],
    routing: ['geo', 'in_region', 'mantle'],
    from: '2026-09-01',
    input: 11,
    output: 55,
    cache_read: 0.275,
    cache_write_5m: 13.75,
    cache_write_1h: 22,
    source: 'A4 P1'
  },
  {
    ids: ['anthropic.claude-fable-5', 'anthropic.claude-fable-5-v*'],
    routing: ['global'],
    input: 10,
    output: 50,
    cache_read: 1,
    cache_write_5m: 12.5,
    cache_write_1h: 20,
    source: 'A1 A4'
  },
  {
    ids: ['anthropic.claude-fable-5', 'anthropic.claude-fable-5-v*'],
    routing: ['geo', 'in_region', 'mantle'],
    input: 11,
    output: 55,
    cache_read: 1.1,
    cache_write_5m: 13.75,
    cache_write_1h: 22,
    source: 'A1 A4'
  },
  {
    ids: ['anthropic.claude-fable-5', 'anthropic.claude-fable-5-v*'],
    routing: ['us-gov'],
    input: 12,
    output: 60,
    cache_read: 1.2,
    cache_write_5m: 15,
    cache_write_1h: 24,
    source: 'A1 A4'
  },
  {
    ids: ['anthropic.claude-opus-5', 'anthropic.claude-opus-5-v*'],
    routing: ['global'],
    from: '2026-07-24',
    input: 5,
    output: 25,
    cache_read: 0.5,
    cache_write_5m: 6.25,
    cache_write_1h: 10,
    source: 'P1 P2'
  },
  {
    ids: ['anthropic.claude-opus-5', 'anthropic.claude-opus-5-v*'],
    routing: ['geo', 'in_region', 'mantle'],
    from: '2026-07-24',
    input: 5.5,
    output: 27.5,
    cache_read: 0.55,
    cache_write_5m: 6.875,
    cache_write_1h: 11,
    source: 'P1 P2'
  },
  {
    ids: ['anthropic.claude-opus-4-8*'],
    routing: ['global'],
    input: 5,
    output: 25,
    cache_read: 0.5,
    cache_write_5m: 6.25,
    cache_write_1h: 10,
    source: 'A1'
  },
  {
    ids: ['anthropic.claude-opus-4-8*'],
    routing: ['geo', 'in_region', 'mantle'],
    input: 5.5,
    output: 27.5,
    cache_read: 0.55,
    cache_write_5m: 6.875,
    cache_write_1h: 11,
    source: 'A1'
  },
  {
    ids: ['anthropic.claude-opus-4-7*'],
    routing: ['global'],
    input: 5,
    output: 25,
    cache_read: 0.5,
    cache_write_5m: 6.25,
    cache_write_1h: 10,
    source: 'A1'
  },
  {
    ids: ['anthropic.claude-opus-4-7*'],
    routing: ['geo', 'in_region', 'mantle'],
    input: 5.5,
    output: 27.5,
    cache_read: 0.55,
    cache_write_5m: 6.875,
    cache_write_1h: 11,
    source: 'A1'
  },
  {
    ids: ['anthropic.claude-opus-4-6*'],
    routing: ['global'],
    input: 5,
    output: 25,
    cache_read: 0.5,
    cache_write_5m: 6.25,
    cache_write_1h: 10,
    source: 'A1'
  },
  {
    ids: ['anthropic.claude-opus-4-6*'],
    routing: ['geo', 'in_region', 'mantle'],
    input: 5.5,
    output: 27.5,
    cache_read: 0.55,
    cache_write_5m: 6.875,
    cache_write_1h: 11,
    source: 'A1'
  },
  {
    ids: ['anthropic.claude-opus-4-5*'],
    routing: ['global'],
    input: 5,
    output: 25,
    cache_read: 0.5,
    cache_write_5m: 6.25,
    cache_write_1h: 10,
    source: 'A1'
  },
  {
    ids: ['anthropic.claude-opus-4-5*'],
    routing: ['geo', 'in_region', 'mantle'],
    input: 5.5,
    output: 27.5,
    cache_read: 0.55,
    cache_write_5m: 6.875,
    cache_write_1h: 11,
    source: 'A1'
  },
  {
    ids: ['anthropic.claude-sonnet-5', 'anthropic.claude-sonnet-5-v*'],
    routing: ['global'],
    input: 2,
    output: 10,
    cache_read: 0.2,
    cache_write_5m: 2.5,
    cache_write_1h: 4,
    source: 'A1 P1'
  },
  {
    ids: ['anthropic.claude-sonnet-5', 'anthropic.claude-sonnet-5-v*'],
    routing: ['geo', 'in_region', 'mantle'],
    input: 2.2,
    output: 11,
    cache_read: 0.22,
    cache_write_5m: 2.75,
    cache_write_1h: 4.4,
    source: 'A1 P1'
  },
  {
    ids: ['anthropic.claude-sonnet-4-6*'],
    routing: ['global'],
    input: 3,
    output: 15,
    cache_read: 0.3,
    cache_write_5m: 3.75,
    cache_write_1h: 6,
    source: 'A1'
  },
  {
    ids: ['anthropic.claude-sonnet-4-6*'],
    routing: ['geo', 'in_region', 'mantle'],
    input: 3.3,
    output: 16.5,
    cache_read: 0.33,
    cache_write_5m: 4.125,
    cache_write_1h: 6.6,
    source: 'A1'
  },
  // long_context only with the 1M context beta (P2)
  {
    ids: ['anthropic.claude-sonnet-4-5*'],
    routing: ['global'],
    input: 3,
    output: 15,
    cache_read: 0.3,
    cache_write_5m: 3.75,
    cache_write_1h: 6,
    long_context: {
      over_prompt_tokens: 200000,
      input: 6,
      output: 22.5,
      cache_read: 0.6,
      cache_write_5m: 7.5,
      cache_write_1h: 12
    },
    source: 'A1 P2'
  },
  {
    ids: ['anthropic.claude-sonnet-4-5*'],
    routing: ['geo', 'in_region', 'mantle'],
    input: 3.3,
    output: 16.5,
    cache_read: 0.33,
    cache_write_5m: 4.125,
    cache_write_1h: 6.6,
    long_context: {
      over_prompt_tokens: 200000,
      input: 6.6,
      output: 24.75,
      cache_read: 0.66,
      cache_write_5m: 8.25,
      cache_write_1h: 13.2
    },
    source: 'A1 P2'
  },
  {
    ids: ['anthropic.claude-sonnet-4-5*'],
    routing: ['us-gov'],
    input: 3.6,
    output: 18,
    cache_read: 0.36,
    cache_write_5m: 4.5,
    cache_write_1h: 7.2,
    long_context: {
      over_prompt_tokens: 200000,
      input: 7.2,
      output: 27,
      cache_read: 0.72,
      cache_write_5m: 9,
      cache_write_1h: 14.4
    },
    source: 'A1 P2'
  },
  {
    ids: ['anthropic.claude-haiku-4-5*'],
    routing: ['global'],
    input: 1,
    output: 5,
    cache_read: 0.1,
    cache_write_5m: 1.25,
    cache_write_1h: 2,
    source: 'A1'
  },
  {
    ids: ['anthropic.claude-haiku-4-5*'],
    routing: ['geo', 'in_region', 'mantle'],
    input: 1.1,
    output: 5.5,
    cache_read: 0.11,
    cache_write_5m: 1.375,
    cache_write_1h: 2.2,
    source: 'A1'
  },
  {
    ids: ['anthropic.claude-haiku-4-5*'],
    routing: ['us-gov'],
    input: 1.2,
    output: 6,
    cache_read: 0.12,
    cache_write_5m: 1.5,
    cache_write_1h: 2.4,
    source: 'A1'
  },
  {
    ids: ['anthropic.claude-sonnet-4-2025*'],
    routing: ['global'],
    input: 3,
    output: 15,
    cache_read: 0.3,
    cache_write_5m: 3.75,
    long_context: { over_prompt_tokens: 200000, input: 6, output: 22.5, cache_read: 0.6, cache_write_5m: 7.5 },
    source: 'A1 P2'
  },
  {
    ids: ['anthropic.claude-sonnet-4-2025*'],
    routing: ['geo', 'in_region', 'mantle'],
    input: 3,
    output: 15,
    cache_read: 0.3,
    cache_write_5m: 3.75,
    long_context: { over_prompt_tokens: 200000, input: 6, output: 22.5, cache_read: 0.6, cache_write_5m: 7.5 },
    source: 'A1 P2'
  },
  {
    ids: ['anthropic.claude-opus-4-1*'],
    routing: ['global'],
    input: 15,
    output: 75,
    cache_read: 1.5,
    cache_write_5m: 18.75,
    source: 'A1'
  },
  {
    ids: ['anthropic.claude-opus-4-1*'],
    routing: ['geo', 'in_region', 'mantle'],
    input: 15,
    output: 75,
    cache_read: 1.5,
    cache_write_5m: 18.75,
    source: 'A1'
  },
  {
    ids: ['anthropic.claude-opus-4-2025*'],
    routing: ['global'],
    input: 15,
    output: 75,
    cache_read: 1.5,
    cache_write_5m: 18.75,
    source: 'A1'
  },
  {
    ids: ['anthropic.claude-opus-4-2025*'],
    routing: ['geo', 'in_region', 'mantle'],
    input: 15,
    output: 75,
    cache_read: 1.5,
    cache_write_5m: 18.75,
    source: 'A1'
  },
  {
    ids: ['anthropic.claude-3-7-sonnet*'],
    routing: ['global'],
    input: 3,
    output: 15,
    cache_read: 0.3,
    cache_write_5m: 3.75,
    source: 'A1'
  },
  {
    ids: ['anthropic.claude-3-7-sonnet*'],
    routing: ['geo', 'in_region', 'mantle'],
    input: 3,
    output: 15,
    cache_read: 0.3,
    cache_write_5m: 3.75,
    source: 'A1'
  },
  // the page also lists 6 / 30 / 0.6 / 7.5 (public extended access after Legacy), not a long-context price
  {
    ids: ['anthropic.claude-3-5-sonnet-20241022*'],
    routing: ['global'],
    input: 3,
    output: 15,
    cache_read: 0.3,
    cache_write_5m: 3.75,
    source: 'A1'
  },
  {
    ids: ['anthropic.claude-3-5-sonnet-20241022*'],
    routing: ['geo', 'in_region', 'mantle'],
    input: 3,
    output: 15,
    cache_read: 0.3,
    cache_write_5m: 3.75,
    source: 'A1'
  },
  {
    ids: ['anthropic.claude-3-5-haiku*'],
    routing: ['global'],
    input: 0.8,
    output: 4,
    cache_read: 0.08,
    cache_write_5m: 1,
    source: 'A1'
  },
  {
    ids: ['anthropic.claude-3-5-haiku*'],
    routing: ['geo', 'in_region', 'mantle'],
    input: 0.8,
    output: 4,
    cache_read: 0.08,
    cache_write_5m: 1,
    source: 'A1'
  },
  { ids: ['anthropic.claude-3-haiku*'], routing: ['global', 'geo', 'in_region'], input: 0.25, output: 1.25, source: 'A1' }
]
