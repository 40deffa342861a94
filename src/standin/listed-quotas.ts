/** A quota as Service Quotas lists it. */
export interface ListedQuota {
  readonly code: string
  readonly name: string
  readonly value: number
  /** Region that has it; absent: every one. */
  readonly region?: string
}

const GEO = 'Cross-region model inference tokens per minute for'
const GLOBAL = 'Global cross-region model inference tokens per minute for'
const BARE = 'On-demand model inference tokens per minute for'
const MANTLE = '[bedrock-mantle endpoint]'

/**
 * What the account may, in the names of AWS's general reference (2026-10): codes where the page has them, else made up in its form. Quotas
 * of a day were of each model until 2026-09-21 and are of an account and a Region since; some accounts list both. One name tells no
 * version, one model is named twice with other numbers, and one value is 0, as new accounts have them.
 */
export const LISTED_QUOTAS: readonly ListedQuota[] = [
  { code: 'L-58BE175A', name: `${GEO} Anthropic Claude Haiku 4.5`, value: 5_000_000 },
  { code: 'L-9A11C666', name: `${GLOBAL} Anthropic Claude Haiku 4.5`, value: 5_000_000 },
  { code: 'L-59759B4A', name: `${GEO} Anthropic Claude Sonnet 4 V1`, value: 200_000 },
  { code: 'L-F4DDD3EB', name: `${GEO} Anthropic Claude Sonnet 4.5 V1`, value: 5_000_000 },
  {
    code: 'L-4A6BFAB1',
    name: 'Cross-region model inference requests per minute for Anthropic Claude Sonnet 4.5 V1',
    value: 10_000
  },
  { code: 'L-15B8E632', name: `${GEO} Anthropic Claude Sonnet 4.6`, value: 6_000_000 },
  { code: 'L-D4FBCF4E', name: 'Cross-Region InvokeModel tokens per minute for Anthropic Claude Sonnet 5', value: 6_000_000 },
  {
    code: 'L-DD84E5CA',
    name: 'Global Cross-Region InvokeModel tokens per minute for Anthropic Claude Sonnet 5',
    value: 6_000_000
  },
  { code: 'L-7007E9C9', name: `${GEO} Anthropic Claude Opus 4.5`, value: 2_000_000 },
  { code: 'L-0AD9BBE8', name: `${GEO} Anthropic Claude Opus 4.6 V1`, value: 3_000_000 },
  { code: 'L-5DB28B7B', name: `${GEO} Anthropic Claude Opus 4.7`, value: 0 },
  { code: 'L-C0326783', name: `${GEO} Amazon Nova Pro`, value: 2_000_000 },
  { code: 'L-00000001', name: `${BARE} Amazon Nova Pro`, value: 1_000_000 },
  { code: 'L-00000002', name: 'On-demand model inference requests per minute for Amazon Nova Pro', value: 250 },
  { code: 'L-00000003', name: `${GEO} Amazon Nova Lite`, value: 4_000_000 },
  { code: 'L-00000004', name: `${BARE} Amazon Nova Lite`, value: 2_000_000 },
  { code: 'L-00000005', name: `${BARE} Amazon Nova Micro`, value: 2_000_000 },
  { code: 'L-00000006', name: `${BARE} Amazon Nova Micro`, value: 4_000_000 },
  { code: 'L-00000007', name: `${GEO} Anthropic Claude Haiku`, value: 300_000 },
  {
    code: 'L-00000008',
    name: 'Model invocation max tokens per day for Anthropic Claude Sonnet 4.5 V1 (doubled for cross-region calls)',
    value: 7_200_000_000
  },
  {
    code: 'L-22F701C5',
    name: 'Model invocation max tokens per day for Anthropic Claude Sonnet 4 V1 (doubled for cross-region calls)',
    value: 144_000_000
  },
  {
    code: 'L-00000011',
    name: 'Global cross-region model inference tokens per day for Anthropic Claude Haiku 4.5',
    value: 7_200_000_000
  },
  { code: 'L-E3F10727', name: 'Cross-Model Max Tokens Per Day', value: 700_000_000 },
  { code: 'L-31615887', name: `${MANTLE} Input tokens per minute for OpenAI GPT-5.6 Luna`, value: 20_000_000 },
  { code: 'L-D44E1D4E', name: `${MANTLE} Output tokens per minute for OpenAI GPT-5.6 Luna`, value: 4_000_000 },
  { code: 'L-00000009', name: 'Batch inference job size (in GB) for Claude Sonnet 4.5', value: 5 },
  { code: 'L-00000010', name: '(Guardrails) Words per policy', value: 10_000 }
]
