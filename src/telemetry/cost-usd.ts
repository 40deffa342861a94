import type { RequestRecord } from '../http/request-record.ts'

const NANO_PER_DOLLAR = 1_000_000_000

/** What a request cost, US dollars; null where a part of it has no known price, undefined where no model answered. */
export function costUsd({ costNano, unpriced }: RequestRecord): number | null | undefined {
  if (unpriced !== undefined) return null
  return costNano === undefined ? undefined : costNano / NANO_PER_DOLLAR
}
