import { type Static, Type } from '@sinclair/typebox'

const STRICT = { additionalProperties: false }
const rate = () => Type.Optional(Type.Number({ minimum: 0 }))
const day = () => Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }))

/** US dollars for a million tokens, by class. A class that has no rate here has no known price. */
const RATES = {
  /** Of what was neither read from nor written to the cache. */
  input: rate(),
  /** Everything that was written, reasoning included. */
  output: rate(),
  cache_read: rate(),
  cache_write_5m: rate(),
  cache_write_1h: rate(),
  cache_write_30m: rate()
}

const RoutingSchema = Type.Union([
  Type.Literal('global'),
  Type.Literal('geo'),
  Type.Literal('in_region'),
  Type.Literal('us-gov'),
  Type.Literal('mantle')
])

/** What one picture costs, by its size and quality. US dollars. */
const PictureRateSchema = Type.Object(
  {
    /** Width times height; absent: any size. */
    up_to_pixels: Type.Optional(Type.Integer({ minimum: 1 })),
    /** In the words of the model's body; absent: any quality. */
    quality: Type.Optional(Type.String({ minLength: 1 })),
    usd: Type.Number({ minimum: 0 })
  },
  STRICT
)

export const PriceRowSchema = Type.Object(
  {
    /** Globs on the base id (without geography), or on the id or ARN as it is called. */
    ids: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
    /** Ways of calling that it holds for; absent: all. */
    routing: Type.Optional(Type.Union([RoutingSchema, Type.Array(RoutingSchema, { minItems: 1 })])),
    /** The Region whose calls it holds for, which sets the price whatever Region computes; absent: all. */
    source_region: Type.Optional(Type.String({ minLength: 1 })),
    /** The prefix of the profiles that it holds for: `eu`, `apac`; absent: all. */
    geography: Type.Optional(Type.String({ minLength: 1 })),
    /** The first day it holds, UTC. */
    from: day(),
    /** The first day it holds no more, UTC. */
    until: day(),
    ...RATES,
    /** What all rates are multiplied by, by the tier that answered. The default tier is 1. */
    tiers: Type.Optional(Type.Record(Type.String(), Type.Number({ minimum: 0 }))),
    /** The rates of a whole request whose prompt, cached or not, has more tokens than `over_prompt_tokens`. */
    long_context: Type.Optional(Type.Object({ over_prompt_tokens: Type.Integer({ minimum: 1 }), ...RATES }, STRICT)),
    /** The rates of an answer that was served with optimized latency. */
    latency_optimized: Type.Optional(Type.Object(RATES, STRICT)),
    /** US dollars, or a list of which the first that fits a picture holds. */
    per_image: Type.Optional(
      Type.Union([Type.Number({ minimum: 0 }), Type.Array(PictureRateSchema, { minItems: 1 })], {
        description: 'must be US dollars, or a list of {up_to_pixels, quality, usd}'
      })
    ),
    /** US dollars for a text, where texts are not priced by their tokens. */
    per_text: rate(),
    /** Where it was read; see `price-sources.ts`. */
    source: Type.Optional(Type.String()),
    note: Type.Optional(Type.String())
  },
  STRICT
)

/** A price, in the words in which an operator writes one. */
export type PriceRow = Readonly<Static<typeof PriceRowSchema>>

/** How the id that was called is routed, which prices differ by. */
export type Routing = Static<typeof RoutingSchema>

/** The rates of one row, or of a part of it. */
export type Rates = Pick<PriceRow, keyof typeof RATES>
