import type { PriceRow } from './price-row.ts'

/** GPT and gpt-oss, by OpenAI. Sources: see `price-sources.ts`. */
export const OPENAI_PRICES: readonly PriceRow[] = [
  // card (third-party quotes): only the us. profile and mantle; the global row of P1 is not confirmed; the card says listed cache prices do not promise explicit caching
  {
    ids: ['openai.gpt-6.1-sol*'],
    routing: ['global'],
    from: '2026-09-29',
    input: 2,
    output: 10,
    cache_read: 0.1,
    cache_write_30m: 2.5,
    long_context: { over_prompt_tokens: 272000, input: 4, output: 15, cache_read: 0.2, cache_write_30m: 5 },
    source: 'P1'
  },
  {
    ids: ['openai.gpt-6.1-sol*'],
    routing: ['geo', 'mantle'],
    from: '2026-09-29',
    input: 2.2,
    output: 11,
    cache_read: 0.11,
    cache_write_30m: 2.75,
    long_context: { over_prompt_tokens: 272000, input: 4.4, output: 16.5, cache_read: 0.22, cache_write_30m: 5.5 },
    source: 'P1'
  },
  {
    ids: ['openai.gpt-6-sol*'],
    routing: ['global'],
    from: '2026-09-22',
    input: 2,
    output: 10,
    cache_read: 0.2,
    cache_write_30m: 2.5,
    long_context: { over_prompt_tokens: 272000, input: 4, output: 15, cache_read: 0.4, cache_write_30m: 5 },
    source: 'A3 P1'
  },
  {
    ids: ['openai.gpt-6-sol*'],
    routing: ['geo', 'mantle'],
    from: '2026-09-22',
    input: 2.2,
    output: 11,
    cache_read: 0.22,
    cache_write_30m: 2.75,
    long_context: { over_prompt_tokens: 272000, input: 4.4, output: 16.5, cache_read: 0.44, cache_write_30m: 5.5 },
    source: 'A3 P1'
  },
  {
    ids: ['openai.gpt-6-luna*'],
    routing: ['global'],
    from: '2026-09-22',
    input: 0.1,
    output: 0.5,
    cache_read: 0.01,
    cache_write_30m: 0.125,
    long_context: { over_prompt_tokens: 272000, input: 0.2, output: 0.75, cache_read: 0.02, cache_write_30m: 0.25 },
    source: 'P1'
  },
  {
    ids: ['openai.gpt-6-luna*'],
    routing: ['geo', 'mantle'],
    from: '2026-09-22',
    input: 0.11,
    output: 0.55,
    cache_read: 0.011,
    cache_write_30m: 0.1375,
    long_context: { over_prompt_tokens: 272000, input: 0.22, output: 0.825, cache_read: 0.022, cache_write_30m: 0.275 },
    source: 'P1'
  },
  // an Ultrafast tier exists at 6 x Standard (A3, October)
  {
    ids: ['openai.gpt-6-astra*'],
    routing: ['global'],
    from: '2026-09-01',
    input: 10,
    output: 50,
    cache_read: 1,
    cache_write_30m: 12.5,
    tiers: { ultrafast: 6 },
    long_context: { over_prompt_tokens: 272000, input: 20, output: 75, cache_read: 2, cache_write_30m: 25 },
    source: 'A3 P1'
  },
  {
    ids: ['openai.gpt-6-astra*'],
    routing: ['geo', 'mantle'],
    from: '2026-09-01',
    input: 11,
    output: 55,
    cache_read: 1.1,
    cache_write_30m: 13.75,
    tiers: { ultrafast: 6 },
    long_context: { over_prompt_tokens: 272000, input: 22, output: 82.5, cache_read: 2.2, cache_write_30m: 27.5 },
    source: 'A3 P1'
  },
  // launch price (mantle, 10% fee included in the row)
  {
    ids: ['openai.gpt-5.6-sol*'],
    routing: ['geo', 'mantle'],
    from: '2026-07-13',
    until: '2026-09-01',
    input: 5.5,
    output: 33,
    cache_read: 0.55,
    cache_write_30m: 6.875,
    source: 'A1'
  },
  // promotional price, promised until at least 2026-11-21: look again
  {
    ids: ['openai.gpt-5.6-sol*'],
    routing: ['global'],
    from: '2026-09-01',
    input: 4,
    output: 20,
    cache_read: 0.4,
    cache_write_30m: 5,
    long_context: { over_prompt_tokens: 272000, input: 8, output: 30, cache_read: 0.8, cache_write_30m: 10 },
    source: 'A3 P1'
  },
  {
    ids: ['openai.gpt-5.6-sol*'],
    routing: ['geo', 'mantle'],
    from: '2026-09-01',
    input: 4.4,
    output: 22,
    cache_read: 0.44,
    cache_write_30m: 5.5,
    long_context: { over_prompt_tokens: 272000, input: 8.8, output: 33, cache_read: 0.88, cache_write_30m: 11 },
    source: 'A3 P1'
  },
  // launch price
  {
    ids: ['openai.gpt-5.6-terra*'],
    routing: ['geo', 'mantle'],
    from: '2026-07-13',
    until: '2026-09-01',
    input: 2.75,
    output: 16.5,
    cache_read: 0.275,
    cache_write_30m: 3.4375,
    source: 'A1'
  },
  {
    ids: ['openai.gpt-5.6-terra*'],
    routing: ['global'],
    from: '2026-09-01',
    input: 2,
    output: 12,
    cache_read: 0.2,
    cache_write_30m: 2.5,
    long_context: { over_prompt_tokens: 272000, input: 4, output: 18, cache_read: 0.4, cache_write_30m: 5 },
    source: 'P1'
  },
  {
    ids: ['openai.gpt-5.6-terra*'],
    routing: ['geo', 'mantle'],
    from: '2026-09-01',
    input: 2.2,
    output: 13.2,
    cache_read: 0.22,
    cache_write_30m: 2.75,
    long_context: { over_prompt_tokens: 272000, input: 4.4, output: 19.8, cache_read: 0.44, cache_write_30m: 5.5 },
    source: 'P1'
  },
  // launch price
  {
    ids: ['openai.gpt-5.6-luna*'],
    routing: ['geo', 'mantle'],
    from: '2026-07-13',
    until: '2026-09-01',
    input: 1.1,
    output: 6.6,
    cache_read: 0.11,
    cache_write_30m: 1.375,
    source: 'A1'
  },
  {
    ids: ['openai.gpt-5.6-luna*'],
    routing: ['global'],
    from: '2026-09-01',
    input: 0.2,
    output: 1.2,
    cache_read: 0.02,
    cache_write_30m: 0.25,
    long_context: { over_prompt_tokens: 272000, input: 0.4, output: 1.8, cache_read: 0.04, cache_write_30m: 0.5 },
    source: 'P1'
  },
  {
    ids: ['openai.gpt-5.6-luna*'],
    routing: ['geo', 'mantle'],
    from: '2026-09-01',
    input: 0.22,
    output: 1.32,
    cache_read: 0.022,
    cache_write_30m: 0.275,
    long_context: { over_prompt_tokens: 272000, input: 0.44, output: 1.98, cache_read: 0.044, cache_write_30m: 0.55 },
    source: 'P1'
  },
  { ids: ['openai.gpt-5.5*'], routing: ['geo', 'mantle'], input: 5.5, output: 33, cache_read: 0.55, source: 'A1 P1' },
  { ids: ['openai.gpt-5.4*'], routing: ['geo', 'mantle'], input: 2.75, output: 16.5, cache_read: 0.275, source: 'A1 P1' },
  {
    ids: ['openai.gpt-oss-120b*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.15,
    output: 0.6,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A1'
  },
  {
    ids: ['openai.gpt-oss-20b*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.07,
    output: 0.3,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A1'
  },
  {
    ids: ['openai.gpt-oss-safeguard-120b*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.15,
    output: 0.6,
    source: 'A1'
  },
  {
    ids: ['openai.gpt-oss-safeguard-20b*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.07,
    output: 0.2,
    source: 'A1'
  }
]
