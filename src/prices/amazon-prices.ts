import type { PriceRow } from './price-row.ts'

/** Nova, by Amazon. Prices differ by source Region, and most Regions are not known for the first generation. Sources: see `price-sources.ts`. */
export const AMAZON_PRICES: readonly PriceRow[] = [
  // the Price List sells cache writes at 0; P1 lists them at the input price: whether written tokens also count as input is not settled. Batch of us-east-2, us-west-2 differs by some 3% from half (A2)
  {
    ids: ['amazon.nova-2-lite*'],
    routing: ['geo', 'in_region'],
    source_region: 'us-east-1',
    input: 0.33,
    output: 2.75,
    cache_read: 0.0825,
    cache_write_5m: 0,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A2'
  },
  {
    ids: ['amazon.nova-2-lite*'],
    routing: ['global'],
    source_region: 'us-east-1',
    input: 0.3,
    output: 2.5,
    cache_read: 0.075,
    cache_write_5m: 0,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A2'
  },
  {
    ids: ['amazon.nova-2-lite*'],
    routing: ['geo', 'in_region'],
    source_region: 'us-east-2',
    input: 0.33,
    output: 2.75,
    cache_read: 0.0825,
    cache_write_5m: 0,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A2'
  },
  {
    ids: ['amazon.nova-2-lite*'],
    routing: ['global'],
    source_region: 'us-east-2',
    input: 0.3,
    output: 2.5,
    cache_read: 0.075,
    cache_write_5m: 0,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A2'
  },
  {
    ids: ['amazon.nova-2-lite*'],
    routing: ['geo', 'in_region'],
    source_region: 'us-west-2',
    input: 0.33,
    output: 2.75,
    cache_read: 0.0825,
    cache_write_5m: 0,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A2'
  },
  {
    ids: ['amazon.nova-2-lite*'],
    routing: ['global'],
    source_region: 'us-west-2',
    input: 0.3,
    output: 2.5,
    cache_read: 0.075,
    cache_write_5m: 0,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A2'
  },
  {
    ids: ['amazon.nova-2-lite*'],
    routing: ['geo', 'in_region'],
    source_region: 'us-west-1',
    input: 0.429,
    output: 3.351,
    cache_read: 0.10725,
    cache_write_5m: 0,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A2'
  },
  {
    ids: ['amazon.nova-2-lite*'],
    routing: ['global'],
    source_region: 'us-west-1',
    input: 0.39,
    output: 3.21,
    cache_read: 0.0975,
    cache_write_5m: 0,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A2'
  },
  {
    ids: ['amazon.nova-2-lite*'],
    routing: ['geo', 'in_region'],
    source_region: 'ca-central-1',
    input: 0.352,
    output: 2.97,
    cache_read: 0.088,
    cache_write_5m: 0,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A2'
  },
  {
    ids: ['amazon.nova-2-lite*'],
    routing: ['global'],
    source_region: 'ca-central-1',
    input: 0.32,
    output: 2.67,
    cache_read: 0.08,
    cache_write_5m: 0,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A2'
  },
  {
    ids: ['amazon.nova-2-lite*'],
    routing: ['geo', 'in_region'],
    source_region: 'eu-central-1',
    input: 0.429,
    output: 3.597,
    cache_read: 0.10725,
    cache_write_5m: 0,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A2'
  },
  {
    ids: ['amazon.nova-2-lite*'],
    routing: ['global'],
    source_region: 'eu-central-1',
    input: 0.39,
    output: 3.27,
    cache_read: 0.0975,
    cache_write_5m: 0,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A2'
  },
  {
    ids: ['amazon.nova-2-lite*'],
    routing: ['geo', 'in_region'],
    source_region: 'eu-north-1',
    input: 0.363,
    output: 2.992,
    cache_read: 0.09075,
    cache_write_5m: 0,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A2'
  },
  {
    ids: ['amazon.nova-2-lite*'],
    routing: ['global'],
    source_region: 'eu-north-1',
    input: 0.33,
    output: 2.72,
    cache_read: 0.0825,
    cache_write_5m: 0,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A2'
  },
  {
    ids: ['amazon.nova-2-lite*'],
    routing: ['geo', 'in_region'],
    source_region: 'eu-west-1',
    input: 0.374,
    output: 3.157,
    cache_read: 0.0935,
    cache_write_5m: 0,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A2'
  },
  {
    ids: ['amazon.nova-2-lite*'],
    routing: ['global'],
    source_region: 'eu-west-1',
    input: 0.34,
    output: 2.87,
    cache_read: 0.085,
    cache_write_5m: 0,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A2'
  },
  {
    ids: ['amazon.nova-2-lite*'],
    routing: ['geo', 'in_region'],
    source_region: 'eu-west-3',
    input: 0.484,
    output: 4.059,
    cache_read: 0.121,
    cache_write_5m: 0,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A2'
  },
  {
    ids: ['amazon.nova-2-lite*'],
    routing: ['global'],
    source_region: 'eu-west-3',
    input: 0.44,
    output: 3.69,
    cache_read: 0.11,
    cache_write_5m: 0,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A2'
  },
  {
    ids: ['amazon.nova-2-lite*'],
    routing: ['geo', 'in_region'],
    source_region: 'ap-northeast-1',
    input: 0.396,
    output: 3.311,
    cache_read: 0.099,
    cache_write_5m: 0,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A2'
  },
  {
    ids: ['amazon.nova-2-lite*'],
    routing: ['global'],
    source_region: 'ap-northeast-1',
    input: 0.36,
    output: 3.01,
    cache_read: 0.09,
    cache_write_5m: 0,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A2'
  },
  // differs by source region; eu row: 0.05-0.078 for Lite depending on the region (A2 eu-central-1 0.078)
  {
    ids: ['amazon.nova-micro-v1*'],
    routing: ['geo', 'in_region'],
    source_region: 'us-east-1',
    input: 0.035,
    output: 0.14,
    cache_read: 0.00875,
    source: 'A1 P1'
  },
  {
    ids: ['amazon.nova-micro-v1*'],
    routing: ['geo'],
    geography: 'eu',
    input: 0.04,
    output: 0.16,
    cache_read: 0.01,
    source: 'P1'
  },
  {
    ids: ['amazon.nova-micro-v1*'],
    routing: ['geo'],
    geography: 'apac',
    input: 0.037,
    output: 0.148,
    cache_read: 0.00925,
    source: 'P1'
  },
  // differs by source region; eu row: 0.05-0.078 for Lite depending on the region (A2 eu-central-1 0.078)
  {
    ids: ['amazon.nova-lite-v1*'],
    routing: ['geo', 'in_region'],
    source_region: 'us-east-1',
    input: 0.06,
    output: 0.24,
    cache_read: 0.015,
    source: 'A1 P1'
  },
  {
    ids: ['amazon.nova-lite-v1*'],
    routing: ['geo'],
    geography: 'eu',
    input: 0.069,
    output: 0.276,
    cache_read: 0.01725,
    source: 'P1'
  },
  {
    ids: ['amazon.nova-lite-v1*'],
    routing: ['geo'],
    geography: 'apac',
    input: 0.063,
    output: 0.252,
    cache_read: 0.01575,
    source: 'P1'
  },
  {
    ids: ['amazon.nova-lite-v1*'],
    routing: ['geo'],
    geography: 'ca',
    input: 0.064,
    output: 0.256,
    cache_read: 0.016,
    source: 'P1'
  },
  // differs by source region; eu row: 0.05-0.078 for Lite depending on the region (A2 eu-central-1 0.078)
  {
    ids: ['amazon.nova-pro-v1*'],
    routing: ['geo', 'in_region'],
    source_region: 'us-east-1',
    input: 0.8,
    output: 3.2,
    cache_read: 0.2,
    tiers: { priority: 1.75, flex: 0.5 },
    latency_optimized: { input: 1, output: 4 },
    source: 'A1 P1'
  },
  { ids: ['amazon.nova-pro-v1*'], routing: ['geo'], geography: 'eu', input: 0.92, output: 3.68, cache_read: 0.23, source: 'P1' },
  {
    ids: ['amazon.nova-pro-v1*'],
    routing: ['geo'],
    geography: 'apac',
    input: 0.84,
    output: 3.36,
    cache_read: 0.21,
    source: 'P1'
  },
  // retired
  {
    ids: ['amazon.nova-premier*'],
    routing: ['in_region', 'geo'],
    input: 2.5,
    output: 12.5,
    cache_read: 0.625,
    tiers: { flex: 0.5, priority: 1.75 },
    source: 'A1'
  }
]
