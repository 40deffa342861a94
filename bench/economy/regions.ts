import { createPlaces } from '../../src/bedrock/places.ts'
import { attempt } from '../../src/bedrock/run/attempt.ts'
import { createCallerBreakers } from '../../src/bedrock/run/caller-breakers.ts'
import type { Transport } from '../../src/bedrock/transport/transport.ts'
import { Canceller } from '../../src/core/cancel.ts'
import { stableHash } from '../../src/core/stable-hash.ts'
import { GatewayError } from '../../src/errors.ts'
import { CATALOG } from '../../src/standin/catalog.ts'
import { PromptCache } from '../../src/standin/prompt-cache.ts'
import { VirtualClock } from './virtual-clock.ts'
import { type Random, seeded } from './workloads.ts'

/** How much of the prompts was read from the cache, 0 to 1. */
export interface ReadShares {
  readonly design: string
  readonly all: number
  /** From the second turn on that a conversation has after its Region was gone for a minute. */
  readonly afterwards: number
}

const MODEL = CATALOG.find(({ id }) => id === 'anthropic.claude-sonnet-4-6')!
const TARGET = { id: `us.${MODEL.id}`, baseId: MODEL.id, anyGeography: true as const }
const ACCOUNT = '123456789012'
/** In the order of preference; the first is the one that is gone for a minute. */
const HOME = 'us-east-1'
const REGIONS = [HOME, 'us-west-2']

const CONVERSATIONS = 60
const TURNS = 20
/** Characters: of the prompt that conversations of one key share, of their own beginning, and of what each turn adds. */
const SHARED = 12_000
const OWN = 20_000
const ADDED = 3000
const MEAN_GAP_MS = 45_000
const STARTS_MS = 300_000
const GONE_AT_MS = 420_000
const GONE_MS = 60_000
const KEPT_MS = 300_000

const DESIGNS = [
  { design: 'one Region', regions: [HOME], isKept: true },
  { design: 'two Regions, in turn', regions: REGIONS, isKept: false },
  { design: 'Adit: two Regions', regions: REGIONS, isKept: true }
]

/**
 * Agents whose turns have cache points for five minutes, on the virtual clock, by the gateway's own choice of places and its own attempts
 * against the stand-in's cache. The home Region fails for a minute.
 */
export async function playRegions(seeds: readonly number[]): Promise<readonly ReadShares[]> {
  const found: ReadShares[] = []
  for (const { design, regions, isKept } of DESIGNS) {
    const all = { read: 0, prompt: 0 }
    const afterwards = { read: 0, prompt: 0 }
    for (const seed of seeds) await new Regions(regions, isKept, seeded(seed)).play(all, afterwards)
    found.push({ design, all: all.read / all.prompt, afterwards: afterwards.read / afterwards.prompt })
  }
  return found
}

interface Tally {
  read: number
  prompt: number
}

class Regions {
  private readonly clock = new VirtualClock()
  private readonly cache = new PromptCache(() => this.clock.now())
  private readonly places
  private readonly breakers = createCallerBreakers({ now: () => this.clock.now() })
  private readonly regions: readonly string[]
  private readonly isKept: boolean
  private readonly random: Random
  private calls = 0

  constructor(regions: readonly string[], isKept: boolean, random: Random) {
    this.regions = regions
    this.isKept = isKept
    this.random = random
    const transports = regions.map((region) => ({ region }) as Transport)
    const pools = transports.map((transport) => ({ name: transport.region, region: transport.region, weight: 1, transport }))
    this.places = createPlaces({ transports, pools, traitRows: [], residencyOf: () => undefined, now: () => this.clock.now() })
  }

  async play(all: Tally, afterwards: Tally): Promise<void> {
    for (let index = 0; index < CONVERSATIONS; index++)
      this.clock.after(this.random() * STARTS_MS, () => void this.converse(index, all, afterwards))
    await this.clock.runUntil(STARTS_MS + TURNS * MEAN_GAP_MS * 4)
  }

  private async converse(index: number, all: Tally, afterwards: Tally): Promise<void> {
    const words = (what: string, characters: number) => `${what} ${index} ${'word '.repeat(characters / 5)}`
    const blocks: { text: string }[] = [{ text: words('ask', OWN) }]
    let turnsAfter = 0
    for (let turn = 0; turn < TURNS; turn++) {
      const region = await this.place(index)
      if (region === undefined) return
      const point = { cachePoint: { ttl: '5m' } }
      const request = {
        system: [{ text: 'rule '.repeat(SHARED / 5) }, point],
        messages: [{ role: 'user' as const, content: [...blocks, point] }]
      }
      const {
        all: prompt,
        read,
        begun
      } = this.cache.look({ request, model: MODEL, place: { account: ACCOUNT, region }, isImplicit: false })
      begun()
      if (this.clock.now() > GONE_AT_MS + GONE_MS) turnsAfter++
      for (const tally of turnsAfter > 1 ? [all, afterwards] : [all]) {
        tally.read += read
        tally.prompt += prompt
      }
      blocks.push({ text: words(`turn ${turn}`, ADDED) })
      await this.pause(5000 - Math.log(1 - this.random()) * (MEAN_GAP_MS - 5000))
    }
  }

  /** The Region that answers; undefined: none does. */
  private async place(index: number): Promise<string | undefined> {
    if (!this.isKept) return this.regions[this.calls++ % this.regions.length]
    const placing = { owner: '', beginning: () => stableHash(`conversation ${index}`), keptMs: () => KEPT_MS }
    const now = () => this.clock.now()
    const policy = { maxAttempts: 1, deadlineMs: 60_000, breaker: this.breakers.of(''), observer: {}, now, random: this.random }
    try {
      const { value } = await attempt(
        this.places([TARGET], placing),
        policy,
        new Canceller(),
        async ({ transport: { region } }) => {
          const isGone = region === HOME && this.regions.length > 1 && now() >= GONE_AT_MS && now() < GONE_AT_MS + GONE_MS
          if (isGone) throw new GatewayError('unavailable', 'Too many connections')
          return region
        }
      )
      return value
    } catch (error) {
      if (error instanceof GatewayError) return undefined
      throw error
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.clock.after(ms, resolve))
  }
}
