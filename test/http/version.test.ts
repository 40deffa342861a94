import { readFile } from 'node:fs/promises'
import t from 'tap'
import { build } from '../support/helper.ts'

t.test('/health tells the version of package.json beside the status', async (t) => {
  const { base } = await build(t)
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
  t.strictSame(await (await fetch(`${base}/health`)).json(), { status: 'ok', version })
})
