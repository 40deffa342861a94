import { makeRandom } from '../../src/standin/random.ts'
import { GROWTHS, isOfKind } from '../grow/growths.ts'
import { placesOf } from '../grow/places.ts'
import { GROW_SEEDS } from '../grow/seeds.ts'
import type { SlowBody } from './bodies.ts'

const SIZES = [100_000, 1_000_000, 10_000_000] as const

/** Bodies in which one field, drawn by chance, has grown in a way that is drawn too: a few of those that `npm run grow` goes through. */
export function drawnBodies(count: number, seed: number): readonly SlowBody[] {
  const random = makeRandom(seed, 'hostile bodies')
  const places = GROW_SEEDS.flatMap(placesOf)
  return Array.from({ length: count }, (_, at) => {
    const place = places[random.between(0, places.length - 1)]!
    const growths = GROWTHS.filter((growth) => isOfKind(growth, place.old))
    const growth = growths[random.between(0, growths.length - 1)]!
    const bytes = SIZES[at % SIZES.length]!
    return {
      name: `${place.path} ${place.name}: ${growth.name}, ${bytes / 1e6} MB`,
      path: place.path,
      make: () => place.fill(growth.make(place.old, bytes))
    }
  })
}
