import { readFile } from 'node:fs/promises'
import t from 'tap'
import { COMPATIBILITY_PAGE, compatibilityPage } from '../../docs/make-compatibility.ts'
import { MESSAGES_PAGE, messagesPage } from '../../docs/make-messages.ts'
import { FIELDS } from '../../src/dialects/openai-chat/fields.ts'
import { TRAIT_ROWS } from '../../src/models/trait-rows.ts'

const STALE = 'docs/compatibility.md is stale; run `node docs/make-compatibility.ts`'

t.test('docs/compatibility.md says what the tables say', async (t) => {
  t.equal(await readFile(COMPATIBILITY_PAGE, 'utf8'), compatibilityPage(), STALE)
})

t.test('docs/messages.md says what the code does', async (t) => {
  t.equal(await readFile(MESSAGES_PAGE, 'utf8'), messagesPage(), 'docs/messages.md is stale; run `npm run docs`')
})

t.test('the page has a line for every field, and what depends on the model is told for each of them', async (t) => {
  const [fields = '', models = ''] = compatibilityPage().split('## What depends on the model')
  for (const [name, row] of Object.entries(FIELDS)) {
    t.match(fields, `| \`${name}\``, name)
    if (row.outcome === 'by-model') t.match(models, `\`${name}\` `, `${name} by model`)
  }
  for (const [match, { family }] of TRAIT_ROWS) if (family !== 'unknown') t.match(models, `\`${match}\``, match)
})
