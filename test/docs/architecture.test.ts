import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { importsOf } from '../support/imports.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SRC = join(ROOT, 'src')
const PAGE = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8')

const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll('\\', '/'))

/** The page's table: a room, and what it may import. */
const TABLE = new Map(
  PAGE.split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter((cells) => /^`[\w.-]+(?:\/[\w.-]+)*\/?`$/.test(cells[1] ?? '') && cells.length === 5)
    .map((cells): [string, string] => [cells[1]!.replaceAll('`', ''), cells[3]!])
)

/** The room of a file: the longest folder that has a row, or the file itself. */
function roomOf(file: string): string {
  if (TABLE.has(file)) return file
  for (let folder = dirname(file); folder !== '.'; folder = dirname(folder)) {
    if (TABLE.has(`${folder}/`)) return `${folder}/`
  }
  return file
}

/** A module as the table names it: a room, or a package. */
function targetOf(file: string, specifier: string): string {
  if (specifier.startsWith('.')) return roomOf(relative(SRC, join(SRC, dirname(file), specifier)).replaceAll('\\', '/'))
  if (specifier.startsWith('node:')) return specifier
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function mayImport(room: string, target: string): boolean {
  if (room === target) return true
  const allowed = TABLE.get(room) ?? 'nothing'
  if (allowed === 'everything but the stand-in') return target !== 'standin/'
  if (allowed.includes('every dialect') && target.startsWith('dialects/')) return true
  return [...allowed.matchAll(/`([^`]+)`/g)].some(([, name = '']) =>
    name.endsWith('*') ? target.startsWith(name.slice(0, -1)) : name === target
  )
}

/** Imports that the table does not allow. */
function trespasses(sources: Iterable<readonly [string, string]>): string[] {
  return [...sources].flatMap(([file, text]) =>
    importsOf(text)
      .filter((specifier) => !mayImport(roomOf(file), targetOf(file, specifier)))
      .map((specifier) => `${file} imports ${specifier}`)
  )
}

const SOURCES = new Map(FILES.map((file) => [file, readFileSync(join(SRC, file), 'utf8')]))

t.test('every file of src stands in a room of the page', async (t) => {
  t.strictSame(
    FILES.filter((file) => !TABLE.has(roomOf(file))),
    []
  )
})

t.test('every row of the page is a room of src', async (t) => {
  t.strictSame(
    [...TABLE.keys()].filter((room) => !FILES.some((file) => roomOf(file) === room)),
    []
  )
})

t.test('no file imports what the page does not allow its room', async (t) => {
  t.strictSame(trespasses(SOURCES), [])
})

/** Imports that must never be written. */
const FORBIDDEN = [
  ['core/turn.ts', '../models/traits.ts'],
  ['core/json.ts', 'node:fs'],
  ['dialects/openai-chat/fields.ts', '../../bedrock/bedrock.ts'],
  ['dialects/openai-chat/fields.ts', '../openai-completions/spelling.ts'],
  ['dialects/openai/frames.ts', '../openai-chat/fields.ts'],
  ['bedrock/converse/encode-request.ts', '../../dialects/openai-chat/fields.ts'],
  ['bedrock/prepare/arrange-turns.ts', '../converse/encode-request.ts'],
  ['bedrock/answer/event-builder.ts', '../transport/transport.ts'],
  ['http/conversation.ts', '../dialects/openai-chat/openai-chat.ts'],
  ['plugins/routes/chat.ts', '../../standin/server.ts'],
  ['standin/server.ts', '../bedrock/transport/event-stream.ts'],
  ['models/traits.ts', 'fastify']
] as const

for (const [file, specifier] of FORBIDDEN) {
  t.test(`an import of ${specifier} in ${file} would be found`, async (t) => {
    t.ok(SOURCES.has(file), 'the file is there')
    const written = `import type { X } from '${specifier}'\n${SOURCES.get(file)}`
    t.strictSame(trespasses([[file, written]]), [`${file} imports ${specifier}`])
  })
}

t.test('no files import each other in a circle, types included', async (t) => {
  const graph = new Map(
    [...SOURCES].map(([file, text]) => [
      file,
      importsOf(text)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => relative(SRC, join(SRC, dirname(file), specifier)).replaceAll('\\', '/'))
    ])
  )
  t.strictSame(circles(graph), [])
})

/** Files that reach themselves. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  return [...graph.keys()].filter((start) => {
    const seen = new Set<string>()
    const waiting = [...(graph.get(start) ?? [])]
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      if (file === start) return true
      if (seen.has(file)) continue
      seen.add(file)
      waiting.push(...(graph.get(file) ?? []))
    }
    return false
  })
}

t.test('the Bedrock side says what is wrong by core fields, never by a name that only callers know', async (t) => {
  const literal = /\bparam: ['"`](?!\$\{)|warnAt\(['"](?!\$\{)/
  t.strictSame(
    [...SOURCES].filter(([file, text]) => file.startsWith('bedrock/') && literal.test(text)).map(([file]) => file),
    []
  )
})
