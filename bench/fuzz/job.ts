/** One kind of fuzzing: makes case after case from a seed and its number, so that each can be made again alone. */
export interface Fuzz {
  /** Runs one case. Resolves with one word on what came of it; throws where a promise is broken. */
  run(seed: number, number: number): Promise<string>
  close(): Promise<void>
}

export interface FuzzOrder {
  readonly seed: number
  readonly first: number
  /** Cases begin until then; milliseconds. */
  readonly ms: number
  readonly most: number
}

export type FuzzWord =
  | { readonly at: number; readonly done: number; readonly outcomes: Readonly<Record<string, number>> }
  | { readonly broken: string; readonly at: number }
  | { readonly over: true; readonly done: number; readonly outcomes: Readonly<Record<string, number>> }

const TELL_EVERY_MS = 500

/** What a fuzzing process does: takes one order over IPC, tells how it goes, and stops at the first broken promise. */
export async function serve(fuzz: Fuzz): Promise<void> {
  const tell = (word: FuzzWord) => process.send?.(word)
  const { seed, first, ms, most } = await new Promise<FuzzOrder>((resolve) => process.once('message', resolve))
  const outcomes: Record<string, number> = {}
  const until = performance.now() + ms
  let told = 0
  let at = first
  for (; at < first + most && performance.now() < until; at++) {
    if (performance.now() > told + TELL_EVERY_MS) {
      tell({ at, done: at - first, outcomes })
      told = performance.now()
      // lets the word out before a case that may hang
      await new Promise((resolve) => setImmediate(resolve))
    }
    try {
      const outcome = await fuzz.run(seed, at)
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    } catch (error) {
      tell({ broken: error instanceof Error ? (error.stack ?? error.message) : String(error), at })
      return
    }
  }
  await fuzz.close()
  tell({ over: true, done: at - first, outcomes })
}
