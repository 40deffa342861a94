import { readFile } from 'node:fs/promises'
import t from 'tap'
import { README, withTables } from '../../docs/make-configuration.ts'
import { settings } from '../../src/config.ts'

t.test('the README has a row for every setting, as the schema says it', async (t) => {
  const page = await readFile(README, 'utf8')
  t.equal(page, withTables(page), 'README.md is stale; run `npm run docs`')
  for (const { section, field, variable, schema } of settings()) {
    t.match(page, `\`${section}.${field}\``)
    if (variable !== undefined) t.match(page, `| \`${variable}\` |`)
    t.ok(schema.description, `${section}.${field} says what it means`)
  }
})

t.test('a page without a place for the tables is refused', async (t) => {
  t.throws(() => withTables('# Adit'), /lacks/)
})
