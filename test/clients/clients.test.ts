import { readFile, writeFile } from 'node:fs/promises'
import t from 'tap'
import { build } from '../support/helper.ts'
import { AIDER, AUTOGEN, CLINE, CONTINUE } from './agents.ts'
import { AI_SDK_ANTHROPIC, AI_SDK_COMPATIBLE, AI_SDK_OPENAI, AI_SDK_RESPONSES } from './ai-sdk.ts'
import { ANTHROPIC } from './anthropic.ts'
import { AZURE_LANGCHAIN, AZURE_OPENAI } from './azure.ts'
import { LANGCHAIN_PYTHON, LIBRECHAT, OPEN_WEBUI } from './chat-apps.ts'
import type { Client } from './client.ts'
import { COHERE } from './cohere.ts'
import { LANGCHAIN, LANGCHAIN_ANTHROPIC } from './langchain.ts'
import { NEXTCHAT } from './nextchat.ts'
import { OPENAI } from './openai.ts'
import { AGENTS, LANGCHAIN_RESPONSES, OPENAI_RESPONSES } from './responses.ts'
import { clientTable, type Row, withTable } from './table.ts'

const PAGE = new URL('../../docs/clients.md', import.meta.url)
const RUN: readonly Client[] = [
  OPENAI,
  AZURE_OPENAI,
  LANGCHAIN,
  AZURE_LANGCHAIN,
  AI_SDK_OPENAI,
  AI_SDK_COMPATIBLE,
  OPENAI_RESPONSES,
  AGENTS,
  LANGCHAIN_RESPONSES,
  AI_SDK_RESPONSES,
  ANTHROPIC,
  LANGCHAIN_ANTHROPIC,
  AI_SDK_ANTHROPIC,
  COHERE
]
const REPLAYED: readonly Client[] = [NEXTCHAT, OPEN_WEBUI, LIBRECHAT, CLINE, CONTINUE, AIDER, AUTOGEN, LANGCHAIN_PYTHON]

const built = await build(t, { UPSTREAM_MAX_ATTEMPTS: '1' })
const run: Row[] = []
const replayed: Row[] = []

for (const client of RUN) await prove(client, run)
for (const client of REPLAYED) await prove(client, replayed)

async function prove({ name, version, proofs }: Client, rows: Row[]): Promise<void> {
  for (const { what, run } of proofs)
    await t.test(`${name}: ${what}`, async (t) => {
      const note = await run(t, built)
      rows.push({ name, version, what, result: t.passing() ? (note ?? 'works') : 'fails' })
    })
}

await t.test('docs/clients.md tells what was run and what came of it', async (t) => {
  const page = await readFile(PAGE, 'utf8')
  const made = withTable(withTable(page, 'run', clientTable(run)), 'replayed', clientTable(replayed))
  if (process.env.UPDATE_DOCS) await writeFile(PAGE, made)
  else t.equal(page, made, 'UPDATE_DOCS=1 node test/clients/clients.test.ts writes it anew')
})
