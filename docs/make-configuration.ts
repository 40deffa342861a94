import { readFile, writeFile } from 'node:fs/promises'
import { CONFIG_FILE, ConfigSchema, type Setting, settings } from '../src/config.ts'

/** The page that holds the tables. */
export const README = new URL('../README.md', import.meta.url)

const BEGIN = '<!-- made by `npm run docs` from src/config.ts -->'
const END = '<!-- end -->'
const HEAD = ['| variable | in the document | default | meaning |', '|---|---|---|---|']

/** What most people set. */
const FIRST: readonly string[] = ['AWS_REGION', 'API_KEY', 'DEFAULT_MODEL', 'MODEL_ALIASES', 'ALLOWED_MODELS']

/** The page with its tables made anew from the schema. Throws when the page has no place for them. */
export function withTables(page: string): string {
  const begin = page.indexOf(BEGIN)
  const end = page.indexOf(END, begin)
  if (begin < 0 || end < 0) throw new Error(`README.md lacks ${begin < 0 ? BEGIN : END}`)
  return `${page.slice(0, begin + BEGIN.length)}\n${tables()}\n${page.slice(end)}`
}

function tables(): string {
  const all = settings()
  const first = FIRST.map((name) => all.find(({ variable }) => variable === name)).filter((one) => one !== undefined)
  const sections = Object.entries(ConfigSchema.properties).map(([section, { title }]) => {
    const rest = all.filter((one) => one.section === section && !first.includes(one))
    return `**${title}**\n\n${[...HEAD, ...rest.map(line)].join('\n')}\n`
  })
  const file = `| \`${CONFIG_FILE}\` | | | the document: a path, \`ssm:NAME\`, or YAML or JSON inline |`
  return [
    `**Most people set these five**\n\n${[...HEAD, ...first.map(line)].join('\n')}\n`,
    ...sections,
    [...HEAD, file].join('\n')
  ].join('\n')
}

function line({ section, field, variable, schema }: Setting): string {
  const name = variable === undefined ? '' : `\`${variable}\``
  return `| ${[name, `\`${section}.${field}\``, fallback(schema), schema.description].join(' | ')} |`.replaceAll('|  |', '| |')
}

function fallback({ unset, default: value }: Setting['schema']): string {
  if (typeof unset === 'string') return unset
  if (value === undefined || (typeof value === 'object' && Object.keys(value).length === 0)) return ''
  return `\`${Array.isArray(value) ? value.join(',') : value}\``
}

if (import.meta.main) await writeFile(README, withTables(await readFile(README, 'utf8')))
