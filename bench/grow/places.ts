import type { GrowSeed } from './seeds.ts'

/** A place in a body whose value is made to grow. */
export interface Place {
  readonly path: string
  /** `messages[1].content`. */
  readonly name: string
  readonly old: unknown
  /** The body with that JSON there. */
  fill(json: string): string
}

const HOLE = '\u0001hole\u0001'
const HOLE_JSON = JSON.stringify(HOLE)

/** Every place of a seed: all members, at all depths, and the fields that it has not. Of a list every item is looked into. */
export function placesOf({ path, body, others }: GrowSeed): Place[] {
  const inside = [...walk(body, [])].map(([steps, old]) => place(path, body, steps, old))
  return [...inside, ...others.map(([field, value]) => place(path, { ...body, [field]: value }, [field], value))]
}

type Steps = readonly (string | number)[]

function* walk(value: unknown, steps: Steps): Generator<readonly [steps: Steps, value: unknown]> {
  if (steps.length > 0) yield [steps, value]
  if (typeof value !== 'object' || value === null) return
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined) yield* walk(member, [...steps, Array.isArray(value) ? Number(name) : name])
  }
}

function place(path: string, body: object, steps: Steps, old: unknown): Place {
  const made = structuredClone(body) as Record<string | number, unknown>
  const holder = steps.slice(0, -1).reduce((node, step) => node[step] as Record<string | number, unknown>, made)
  holder[steps.at(-1)!] = HOLE
  const [before, after] = JSON.stringify(made).split(HOLE_JSON) as [string, string]
  const name = steps.map((step, at) => (typeof step === 'number' ? `[${step}]` : at === 0 ? step : `.${step}`)).join('')
  return { path, name, old, fill: (json) => before + json + after }
}
