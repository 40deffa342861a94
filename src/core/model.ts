export type ModelKind =
  | 'foundation'
  | 'profile'
  | 'application-profile'
  | 'imported'
  | 'custom'
  | 'provisioned'
  | 'prompt-router'
  | 'marketplace'
  | 'mantle'

/** A model as the catalogue knows it. Absent means "no list tells". */
export interface ModelInfo {
  /** What is called: an id or an ARN. */
  readonly id: string
  /** The foundation model behind it. */
  readonly baseId: string
  readonly kind: ModelKind
  /** How what an application profile copies is routed: its price depends on it. */
  readonly copies?: 'global' | 'geo' | 'in_region'
  /** Whether this very id can be called; a base id that needs a profile cannot. */
  readonly onDemand: boolean
  readonly name?: string
  readonly owner?: string
  /** Seconds since 1970. */
  readonly created?: number
  /** Lower case: `text`, `image`, `video`, `audio`, `speech`, `embedding`. */
  readonly input?: readonly string[]
  readonly output?: readonly string[]
  readonly streaming?: boolean
  readonly lifecycle?: 'ACTIVE' | 'LEGACY' | (string & {})
  /** Seconds since 1970: the day after which calls fail. */
  readonly endOfLife?: number
}
