import { parseArgs } from 'node:util'

export interface CheckOptions {
  readonly version: string
  /** Where the client is, or shall be; undefined: a temporary folder. */
  readonly folder: string | undefined
  /** Where the requests it sent are written; undefined: nowhere. */
  readonly keep: string | undefined
}

/** The options of a check on the command line. */
export function readOptions(version: string): CheckOptions {
  const { values } = parseArgs({
    options: { version: { type: 'string', default: version }, folder: { type: 'string' }, keep: { type: 'string' } }
  })
  return { version: values.version, folder: values.folder, keep: values.keep }
}
