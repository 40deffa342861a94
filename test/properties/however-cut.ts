import fc from 'fast-check'
import type { Standin, StandinOptions } from '../../src/standin/server.ts'
import { ANSWERS_DRAWN } from './drawn-answers.ts'
import { within } from './within.ts'

type Drawn = typeof ANSWERS_DRAWN extends fc.Arbitrary<infer T> ? T : never

/** How a stand-in cuts the bytes of its streams: as it writes them, many frames at once, one byte at a time, or anywhere. */
const FRAMINGS: readonly NonNullable<StandinOptions['framing']>[] = ['whole', 'coalesced', 'byte', 'random']

/**
 * The law that any cut of the bytes gives the same events: draws answers and what is asked for, and hands `same` what `read` made of each with
 * every framing. The gateways are made one after the other, since each reads where its stand-in is from the process's environment.
 */
export async function howeverCut<G extends { readonly standin: Standin }, A extends { readonly model: string }, R>(law: {
  readonly gateway: (options: StandinOptions) => Promise<G>
  readonly asked: fc.Arbitrary<A>
  readonly read: (gateway: G, asked: A) => Promise<R>
  readonly same: (read: readonly R[]) => void
  readonly runs: number
}): Promise<void> {
  const gateways: G[] = []
  for (const framing of FRAMINGS) gateways.push(await law.gateway({ framing }))
  await fc.assert(
    fc.asyncProperty(
      ANSWERS_DRAWN,
      law.asked,
      within(2000, async (answer: Drawn, asked: A) => {
        const read: R[] = []
        for (const gateway of gateways) {
          gateway.standin.answer(asked.model, answer)
          read.push(await law.read(gateway, asked))
        }
        law.same(read)
      })
    ),
    { numRuns: law.runs }
  )
}
