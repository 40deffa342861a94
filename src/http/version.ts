import { readFileSync } from 'node:fs'

/** The version of package.json, which lies beside the compiled code as beside the source. */
export const VERSION: string = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version
