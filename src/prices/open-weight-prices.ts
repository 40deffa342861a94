import type { PriceRow } from './price-row.ts'

/** Models of everybody else. Sources: see `price-sources.ts`. */
export const OPEN_WEIGHT_PRICES: readonly PriceRow[] = [
  {
    ids: ['deepseek.v3-v1*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.58,
    output: 1.68,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A1'
  },
  { ids: ['deepseek.v3.2*'], routing: ['in_region', 'geo'], source_region: 'us-east-1', input: 0.62, output: 1.85, source: 'A1' },
  { ids: ['deepseek.r1*'], routing: ['in_region', 'geo'], source_region: 'us-east-1', input: 1.35, output: 5.4, source: 'A1' },
  {
    ids: ['qwen.qwen3-235b-a22b-2507*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.22,
    output: 0.88,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A1'
  },
  {
    ids: ['qwen.qwen3-32b*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.15,
    output: 0.6,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A1'
  },
  {
    ids: ['qwen.qwen3-coder-30b*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.15,
    output: 0.6,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A1'
  },
  {
    ids: ['qwen.qwen3-coder-480b*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.45,
    output: 1.8,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A1'
  },
  {
    ids: ['qwen.qwen3-coder-next*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.5,
    output: 1.2,
    source: 'A1'
  },
  {
    ids: ['qwen.qwen3-next-80b*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.15,
    output: 1.2,
    source: 'A1'
  },
  {
    ids: ['qwen.qwen3-vl-235b*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.53,
    output: 2.66,
    source: 'A1'
  },
  {
    ids: ['meta.llama4-maverick*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.24,
    output: 0.97,
    source: 'A1'
  },
  {
    ids: ['meta.llama4-scout*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.17,
    output: 0.66,
    source: 'A1'
  },
  {
    ids: ['meta.llama3-3-70b*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.72,
    output: 0.72,
    source: 'A1'
  },
  {
    ids: ['meta.llama3-1-70b*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.72,
    output: 0.72,
    latency_optimized: { input: 0.9, output: 0.9 },
    source: 'A1'
  },
  {
    ids: ['meta.llama3-1-8b*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.22,
    output: 0.22,
    source: 'A1'
  },
  {
    ids: ['mistral.mistral-large-3*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.5,
    output: 1.5,
    source: 'A1'
  },
  {
    ids: ['mistral.devstral-2*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.4,
    output: 2,
    source: 'A1'
  },
  {
    ids: ['mistral.magistral-small*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.5,
    output: 1.5,
    source: 'A1'
  },
  {
    ids: ['mistral.ministral-3-14b*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.2,
    output: 0.2,
    source: 'A1'
  },
  {
    ids: ['mistral.ministral-3-8b*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.15,
    output: 0.15,
    source: 'A1'
  },
  {
    ids: ['mistral.ministral-3-3b*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.1,
    output: 0.1,
    source: 'A1'
  },
  {
    ids: ['mistral.voxtral-mini*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.04,
    output: 0.04,
    source: 'A1'
  },
  {
    ids: ['mistral.voxtral-small*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.1,
    output: 0.3,
    source: 'A1'
  },
  {
    ids: ['mistral.pixtral-large*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 2,
    output: 6,
    source: 'A1'
  },
  {
    ids: ['moonshot.kimi-k2-thinking*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.6,
    output: 2.5,
    source: 'A1'
  },
  {
    ids: ['moonshotai.kimi-k2.5*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.6,
    output: 3,
    source: 'A1'
  },
  {
    ids: ['minimax.minimax-m2', 'minimax.minimax-m2.1*', 'minimax.minimax-m2.5*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.3,
    output: 1.2,
    source: 'A1'
  },
  {
    ids: ['google.gemma-3-4b*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.04,
    output: 0.08,
    source: 'A1'
  },
  {
    ids: ['google.gemma-3-12b*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.09,
    output: 0.29,
    source: 'A1'
  },
  {
    ids: ['google.gemma-3-27b*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.23,
    output: 0.38,
    source: 'A1'
  },
  {
    ids: ['google.gemma-4-31b*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.14,
    output: 0.4,
    source: 'A1'
  },
  {
    ids: ['google.gemma-4-26b*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.13,
    output: 0.4,
    source: 'A1'
  },
  {
    ids: ['google.gemma-4-e2b*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.04,
    output: 0.08,
    source: 'A1'
  },
  {
    ids: ['nvidia.nemotron-nano-12b*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.2,
    output: 0.6,
    source: 'A1'
  },
  {
    ids: ['nvidia.nemotron-nano-3-30b*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.06,
    output: 0.24,
    source: 'A1'
  },
  {
    ids: ['nvidia.nemotron-nano-9b*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.06,
    output: 0.23,
    source: 'A1'
  },
  {
    ids: ['nvidia.nemotron-super-3*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.15,
    output: 0.65,
    source: 'A1'
  },
  { ids: ['zai.glm-4.7'], routing: ['in_region', 'geo'], source_region: 'us-east-1', input: 0.6, output: 2.2, source: 'A1' },
  {
    ids: ['zai.glm-4.7-flash*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.07,
    output: 0.4,
    source: 'A1'
  },
  { ids: ['zai.glm-5'], routing: ['in_region', 'geo'], source_region: 'us-east-1', input: 1, output: 3.2, source: 'A1' },
  {
    ids: ['writer.palmyra-x4*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 2.5,
    output: 10,
    source: 'A1'
  },
  { ids: ['writer.palmyra-x5*'], routing: ['in_region', 'geo'], source_region: 'us-east-1', input: 0.6, output: 6, source: 'A1' },
  {
    ids: ['writer.palmyra-vision-7b*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.15,
    output: 0.6,
    source: 'A1'
  },
  {
    ids: ['ai21.jamba-1-5-large*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 2,
    output: 8,
    source: 'A1'
  },
  {
    ids: ['ai21.jamba-1-5-mini*'],
    routing: ['in_region', 'geo'],
    source_region: 'us-east-1',
    input: 0.2,
    output: 0.4,
    source: 'A1'
  },
  // tiers and explicit caching only through Responses and Chat Completions, not Converse or Invoke (A3)
  {
    ids: ['moonshotai.kimi-k3*'],
    routing: ['global'],
    input: 3,
    output: 15,
    cache_read: 0.3,
    cache_write_30m: 3.75,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A3'
  },
  {
    ids: ['moonshotai.kimi-k3*'],
    routing: ['geo'],
    input: 3.3,
    output: 16.5,
    cache_read: 0.33,
    cache_write_30m: 4.125,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A3'
  },
  {
    ids: ['xai.grok-4.6*'],
    routing: ['global'],
    input: 2,
    output: 6,
    cache_read: 0.5,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A3'
  },
  {
    ids: ['xai.grok-4.6*'],
    routing: ['geo', 'mantle'],
    input: 2.2,
    output: 6.6,
    cache_read: 0.55,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A3'
  },
  {
    ids: ['xai.grok-4.7*'],
    routing: ['global'],
    input: 2,
    output: 6,
    cache_read: 0.5,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A3'
  },
  {
    ids: ['xai.grok-4.7*'],
    routing: ['geo', 'mantle'],
    input: 2.2,
    output: 6.6,
    cache_read: 0.55,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A3'
  },
  { ids: ['xai.grok-4.3*'], routing: ['mantle'], input: 1.25, output: 2.5, cache_read: 0.2, source: 'A1' },
  // TTL of the write not verified
  {
    ids: ['zai.glm-5.3*'],
    routing: ['global'],
    input: 1.68,
    output: 5.28,
    cache_read: 0.312,
    cache_write_30m: 2.1,
    source: 'P1'
  },
  {
    ids: ['zai.glm-5.3*'],
    routing: ['geo'],
    input: 1.848,
    output: 5.808,
    cache_read: 0.3432,
    cache_write_30m: 2.31,
    source: 'P1'
  }
]
