import { AMAZON_PRICES } from './amazon-prices.ts'
import { CLAUDE_PRICES } from './claude-prices.ts'
import { EMBEDDING_PRICES } from './embedding-prices.ts'
import { OPEN_WEIGHT_PRICES } from './open-weight-prices.ts'
import { OPENAI_PRICES } from './openai-prices.ts'
import { PIECE_PRICES } from './piece-prices.ts'
import type { PriceRow } from './price-row.ts'

/** List prices of the models of Bedrock, as of 2026-10-24; where and when each was read stands in its row. */
export const PRICES: readonly PriceRow[] = [
  ...CLAUDE_PRICES,
  ...OPENAI_PRICES,
  ...AMAZON_PRICES,
  ...OPEN_WEIGHT_PRICES,
  ...EMBEDDING_PRICES,
  ...PIECE_PRICES
]
