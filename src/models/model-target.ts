/** One model to call: the id on the wire, and the base id that traits are matched on. */
export interface ModelTarget {
  readonly id: string
  readonly baseId: string
  /** The profile in `id` was chosen for the first region; elsewhere the one of that region's geography is meant. */
  readonly anyGeography?: true
  /** The only region it may be called in, as the caller named it; an ARN names its own. */
  readonly region?: string
  /** No list but mantle's tells of it: it is called there. */
  readonly isMantleOnly?: true
  /** A context of a million tokens is asked for. */
  readonly longContext?: true
}

/** The ways to the model of the first target: where what two models say cannot be compared, or a body fits one alone, no other takes its place. */
export function sameModel(targets: readonly [ModelTarget, ...ModelTarget[]]): readonly [ModelTarget, ...ModelTarget[]] {
  const [first, ...others] = targets
  return [first, ...others.filter(({ baseId }) => baseId === first.baseId)]
}
