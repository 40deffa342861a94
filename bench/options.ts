import { parseArgs } from 'node:util'

/** What the command line asks for. */
export interface Options {
  /** Short rounds: enough to see that all works, too few to believe. */
  readonly quick: boolean
  /** Names of workloads to run; empty: all. */
  readonly only: readonly string[]
  readonly without: readonly string[]
  /** The compiled gateway, `dist/server.js`, instead of `src/server.ts`. */
  readonly built: boolean
  readonly peers: boolean
  readonly profile: boolean
  readonly writeDocs: boolean
  readonly rounds: number
  readonly roundMs: number
}

const HELP = `npm run bench -- [options]
  --quick          short rounds
  --only NAME      run this workload; may be repeated (unary, burst-20, burst-500, paced-50, paced-200, one-at-a-time, stalled, idle, leaving,
                   hostile)
  --without NAME   leave out this subject; may be repeated (direct, pass-through, parts, plain, plain-http2, adit,
                   economy, responses, messages, native, portkey)
  --built          measure dist/server.js instead of src/server.ts
  --peers          measure the Portkey gateway too (installs it from npm into bench/results)
  --profile        profile Adit instead, and print its ten hottest functions
  --write-docs     put the table into docs/performance.md`

/** Reads the command line; prints help and ends the process when asked to, or when it makes no sense. */
export function readOptions(): Options {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true, default: [] },
        without: { type: 'string', multiple: true, default: [] },
        built: { type: 'boolean', default: false },
        peers: { type: 'boolean', default: false },
        profile: { type: 'boolean', default: false },
        'write-docs': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false }
      }
    })
    if (values.help) leave(0, HELP)
    const { quick, 'write-docs': writeDocs, ...rest } = values
    return { ...rest, quick, writeDocs, rounds: quick ? 2 : 5, roundMs: quick ? 400 : 1000 }
  } catch (error) {
    return leave(1, `${(error as Error).message}\n${HELP}`)
  }
}

function leave(code: number, text: string): never {
  console.log(text)
  process.exit(code)
}
