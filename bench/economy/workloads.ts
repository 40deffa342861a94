/** One request as it comes. Times in milliseconds, sizes in tokens. */
export interface Arrival {
  readonly at: number
  readonly key: string
  readonly input: number
  /** What the model will say, if it may. */
  readonly output: number
  /** What the client asks for; undefined: it sets no limit. */
  readonly maxTokens: number | undefined
}

/** Who asks for what, and what the account may. */
export interface Workload {
  readonly name: string
  readonly tokensPerMinute: number
  readonly burndown: number
  readonly mostOutput: number
  readonly loads: readonly number[]
  arrivals(load: number, random: Random): Arrival[]
}

export type Random = () => number

export const MINUTES = 10
const END_MS = MINUTES * 60_000

/** The same numbers for the same seed, 0 to 1 (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

function lognormal(median: number, sigma: number, random: Random): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return Math.max(1, Math.round(median * Math.exp(sigma * normal)))
}

interface Sizes {
  readonly input: number
  readonly median: number
  readonly sigma: number
  readonly burndown: number
  readonly maxTokens?: number
}

/** What a request settles at, on average. */
export function meanSettled({ input, median, sigma, burndown }: Sizes): number {
  return input + burndown * median * Math.exp((sigma * sigma) / 2)
}

function poisson(perMinute: number, key: string, sizes: Sizes, random: Random): Arrival[] {
  const arrivals: Arrival[] = []
  for (let at = 0; ; ) {
    at += (-Math.log(1 - random()) * 60_000) / perMinute
    if (at >= END_MS) return arrivals
    arrivals.push(one(at, key, sizes, random))
  }
}

function one(at: number, key: string, { input, median, sigma, maxTokens }: Sizes, random: Random): Arrival {
  return { at, key, input, output: lognormal(median, sigma, random), maxTokens }
}

const CHAT: Sizes = { input: 2000, median: 250, sigma: 0.8, burndown: 5 }
const AGENT: Sizes = { input: 4000, median: 400, sigma: 0.9, burndown: 5, maxTokens: 32_000 }
const KINDS = { burndown: 5, mostOutput: 64_000 }

const inOrder = (arrivals: Arrival[]) => arrivals.sort((a, b) => a.at - b.at)

/** Chat, agents with a large limit of their own, bursts, and a key that floods beside one that asks once a second. */
export const WORKLOADS: readonly Workload[] = [
  {
    ...KINDS,
    name: 'chat',
    tokensPerMinute: 200_000,
    loads: [0.5, 0.8, 1.2, 2],
    arrivals(load, random) {
      return poisson((load * this.tokensPerMinute) / meanSettled(CHAT), 'one', CHAT, random)
    }
  },
  {
    ...KINDS,
    name: 'agent',
    tokensPerMinute: 2_000_000,
    loads: [0.5, 0.8, 1.2, 2],
    arrivals(load, random) {
      return poisson((load * this.tokensPerMinute) / meanSettled(AGENT), 'one', AGENT, random)
    }
  },
  {
    ...KINDS,
    name: 'burst',
    tokensPerMinute: 200_000,
    loads: [0.8, 1.2],
    arrivals(load, random) {
      const each = Math.round((load * this.tokensPerMinute) / meanSettled(CHAT))
      return inOrder(
        Array.from({ length: MINUTES }, (_, minute) =>
          Array.from({ length: each }, () => one(minute * 60_000 + 10_000 + random() * 2000, 'one', CHAT, random))
        ).flat()
      )
    }
  },
  {
    ...KINDS,
    name: 'mixed keys',
    tokensPerMinute: 2_000_000,
    loads: [0.5, 0.8, 1.2, 2],
    arrivals(load, random) {
      const all = (load * this.tokensPerMinute) / meanSettled(CHAT)
      return inOrder([...poisson(Math.max(1, all - 60), 'flood', CHAT, random), ...poisson(60, 'calm', CHAT, random)])
    }
  }
]
