/** What Bedrock refused once for a model is left out for that model from then on. */
export interface Healing {
  /** Names to leave out for this model. */
  without(modelId: string): ReadonlySet<string>
  /** Remembers a name; `false` when it was known already, so that leaving it out did not help. */
  learn(modelId: string, name: string): boolean
}

/** Models beyond this are forgotten, oldest first: ids come from callers. */
const MOST_MODELS = 1000
const NOTHING: ReadonlySet<string> = new Set()

/** Makes an empty memory. */
export function createHealing(): Healing {
  const learnt = new Map<string, ReadonlySet<string>>()
  return {
    without: (modelId) => learnt.get(modelId) ?? NOTHING,
    learn(modelId, name) {
      const known = learnt.get(modelId) ?? NOTHING
      if (known.has(name)) return false
      learnt.delete(modelId)
      learnt.set(modelId, new Set([...known, name]))
      const oldest = learnt.size > MOST_MODELS ? learnt.keys().next().value : undefined
      if (oldest !== undefined) learnt.delete(oldest)
      return true
    }
  }
}
