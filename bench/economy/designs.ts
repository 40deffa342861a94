/** What stands between the clients and the service. */
export interface Design {
  readonly name: string
  /** `max`: what the client sends, unset the model's maximum; `usual`: unset 8192; `learnt`: what the answers need. */
  readonly limit: 'max' | 'usual' | 'learnt'
  /** One ledger for each pool; without it the AWS SDK's own retries. */
  readonly ledger: 'none' | 'known' | 'unknown'
  readonly pools: 1 | 2
}

/** The plain designs first: A is what others do, B what an unset limit of 8192 alone brings. */
export const DESIGNS: readonly Design[] = [
  { name: 'A: limits as sent, SDK retries', limit: 'max', ledger: 'none', pools: 1 },
  { name: 'B: unset is 8,192, SDK retries', limit: 'usual', ledger: 'none', pools: 1 },
  { name: '8,192 and the ledger', limit: 'usual', ledger: 'known', pools: 1 },
  { name: '8,192 and the ledger, quota unknown', limit: 'usual', ledger: 'unknown', pools: 1 },
  { name: 'learnt limits, SDK retries', limit: 'learnt', ledger: 'none', pools: 1 },
  { name: 'Adit: learnt limits and the ledger', limit: 'learnt', ledger: 'known', pools: 1 },
  { name: 'Adit, quota unknown', limit: 'learnt', ledger: 'unknown', pools: 1 },
  { name: 'Adit, two pools', limit: 'learnt', ledger: 'known', pools: 2 }
]

export const [A, B] = DESIGNS as readonly [Design, Design, ...Design[]]
/** What the bars are asked of. */
export const OURS = DESIGNS.filter(({ name }) => name.startsWith('Adit') && !name.endsWith('pools'))
